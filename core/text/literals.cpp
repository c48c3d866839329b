#include <quarry/core/text/literals.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include <quarry/core/text/refusal.hpp>
#include <quarry/core/text/utf8.hpp>

namespace quarry::text {
namespace {

using ir::diag;

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class string_decoder {
 public:
  string_decoder(std::string_view literal, std::uint32_t offset, std::string& out)
      : literal_(literal), offset_(offset), out_(out) {}

  void run() {
    const std::size_t quote = literal_.find_first_of("'\"");
    prefix_ = read_prefix(literal_.substr(0, quote));
    const bool triple = literal_.size() >= quote + 6 && literal_[quote + 1] == literal_[quote] &&
        literal_[quote + 2] == literal_[quote];
    at_ = quote + (triple ? 3 : 1);
    end_ = literal_.size() - (triple ? 3 : 1);
    while (at_ < end_) step();
  }

 private:
  void step() {
    const char c = literal_[at_];
    if (c == '\\' && !prefix_.raw) {
      escape();
    } else if (c == '\r') {  // every newline reads as \n
      ++at_;
      if (at_ < end_ && literal_[at_] == '\n') ++at_;
      out_ += '\n';
    } else {
      if (prefix_.bytes && static_cast<unsigned char>(c) >= 0x80U)
        refuse(diag::syntax_error, {"only ASCII characters and escapes in a bytes literal"}, part(at_, at_ + 1));
      out_ += c;
      ++at_;
    }
  }

  void escape() {
    const std::size_t begin = at_++;
    const char c = literal_[at_++];
    switch (c) {
      case '\r':
        if (at_ < end_ && literal_[at_] == '\n') ++at_;
        return;
      case '\n': return;
      case '\\':
      case '\'':
      case '"': out_ += c; return;
      case 'a': out_ += '\a'; return;
      case 'b': out_ += '\b'; return;
      case 'f': out_ += '\f'; return;
      case 'n': out_ += '\n'; return;
      case 'r': out_ += '\r'; return;
      case 't': out_ += '\t'; return;
      case 'v': out_ += '\v'; return;
      case 'x': code(begin, 2); return;
      case 'u':
      case 'U':
      case 'N':
        if (prefix_.bytes) break;
        if (c == 'N') refuse(diag::syntax_unsupported, {"the escape \\N{…}"}, part(begin, at_));
        code(begin, c == 'u' ? 4 : 8);
        return;
      default:
        if (c < '0' || c > '7') break;
        octal(begin);
        return;
    }
    out_ += '\\';  // Python keeps the backslash of an escape that it doesn't know: "\d+" is a pattern
    --at_;
  }

  void code(std::size_t begin, std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const int digit = at_ < end_ ? hex_value(literal_[at_]) : -1;
      if (digit < 0)
        refuse(diag::syntax_error, {std::to_string(digits) + " hexadecimal digits in this escape"}, part(begin, at_));
      value = value << 4U | static_cast<std::uint32_t>(digit);
    }
    put(value, begin);
  }

  void octal(std::size_t begin) {
    std::uint32_t value = 0;
    for (--at_; at_ < end_ && at_ < begin + 4 && literal_[at_] >= '0' && literal_[at_] <= '7'; ++at_)
      value = value << 3U | static_cast<std::uint32_t>(literal_[at_] - '0');
    if (prefix_.bytes && value > 0xffU)
      refuse(diag::syntax_error, {"at most \\377 in a bytes literal"}, part(begin, at_));
    put(value, begin);
  }

  void put(std::uint32_t value, std::size_t begin) {
    if (prefix_.bytes) {
      out_ += static_cast<char>(value);
      return;
    }
    if (value > 0x10ffffU || (value >= 0xd800U && value <= 0xdfffU))
      refuse(diag::syntax_error, {"a Unicode character, which " + code_point_name(value) + " is not"},
             part(begin, at_));
    append_utf8(out_, value);
  }

  syntax::span part(std::size_t begin, std::size_t end) const { return span_between(offset_ + begin, offset_ + end); }

  std::string_view literal_;
  std::uint32_t offset_;
  std::string& out_;
  string_prefix prefix_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

std::string without_underscores(std::string_view s) {
  std::string out;
  std::copy_if(s.begin(), s.end(), std::back_inserter(out), [](char c) { return c != '_'; });
  return out;
}

void refuse_stray_underscores(std::string_view literal, syntax::span where) {
  const bool hexadecimal = literal.size() > 1 && (literal[1] == 'x' || literal[1] == 'X');
  const std::string_view not_digits = hexadecimal ? "_" : "_.eE";
  for (std::size_t at = literal.find('_'); at != std::string_view::npos; at = literal.find('_', at + 1)) {
    const bool before = not_digits.find(literal[at - 1]) == std::string_view::npos;
    const bool after = at + 1 < literal.size() && not_digits.find(literal[at + 1]) == std::string_view::npos;
    if (!before || !after) refuse(diag::syntax_error, {"a digit on both sides of '_'"}, where);
  }
}

/// 64-bit values become decimal; longer ones keep their digits.
std::string integer_text(const std::string& digits, int base) {
  std::uint64_t value = 0;
  const char* begin = digits.data() + (base == 10 ? 0 : 2);
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(begin, end, value, base);
  if (error == std::errc() && stop == end) return std::to_string(value);
  if (base == 10) return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  std::string lower = digits;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return lower;
}

std::string float_literal(const std::string& digits, syntax::span where) {
  double value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    const std::size_t exponent = digits.find_first_of("eE");
    const bool tiny = exponent != std::string::npos ? digits[exponent + 1] == '-' : digits.front() == '0';
    if (!tiny) refuse(diag::syntax_error, {"a float that 64 bits can hold"}, where);
    value = 0;
  }
  return float_text(value);
}

}  // namespace

string_prefix read_prefix(std::string_view letters) noexcept {
  string_prefix out;
  bool unicode = false;
  for (const char c : letters) {
    switch (c) {
      case 'r':
      case 'R':
        out.valid = out.valid && !out.raw;
        out.raw = true;
        break;
      case 'b':
      case 'B':
        out.valid = out.valid && !out.bytes;
        out.bytes = true;
        break;
      case 'f':
      case 'F':
      case 't':
      case 'T':
        out.valid = out.valid && !out.formatted;
        out.formatted = true;
        break;
      case 'u':
      case 'U':
        out.valid = out.valid && !unicode;
        unicode = true;
        break;
      default: out.valid = false;
    }
  }
  out.valid = out.valid && letters.size() <= 2 && !(unicode && letters.size() > 1) && !(out.bytes && out.formatted);
  return out;
}

void decode_string(std::string_view literal, std::uint32_t offset, std::string& out) {
  string_decoder(literal, offset, out).run();
}

number_literal decode_number(std::string_view literal, std::uint32_t offset) {
  const syntax::span where = span_between(offset, offset + literal.size());
  refuse_stray_underscores(literal, where);
  const std::string digits = without_underscores(literal);
  const char mark = digits.size() > 1 && digits[0] == '0' ? char(digits[1] | 0x20) : ' ';
  if (mark == 'x' || mark == 'o' || mark == 'b') {
    const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : 2;
    const bool good = digits.size() > 2 &&
        std::all_of(digits.begin() + 2, digits.end(), [=](char c) { return hex_value(c) >= 0 && hex_value(c) < base; });
    if (!good) refuse(diag::syntax_error, {"digits of base " + std::to_string(base) + " in this number"}, where);
    return {syntax::kind::integer, integer_text(digits, base)};
  }
  if (digits.find_first_of(".eE") != std::string::npos) return {syntax::kind::floating, float_literal(digits, where)};
  if (digits[0] == '0' && digits.find_first_not_of('0') != std::string::npos)
    refuse(diag::syntax_error, {"a number without leading zeros"}, where);
  return {syntax::kind::integer, integer_text(digits, 10)};
}

std::string float_text(double value) {
  std::array<char, 40> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string out(buffer.data(), end);
  if (out.find_first_of(".en") == std::string::npos) out += ".0";
  return out;
}

}  // namespace quarry::text
