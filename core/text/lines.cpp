#include <quarry/core/text/lines.hpp>

#include <string>

#include <quarry/core/text/refusal.hpp>
#include <quarry/core/text/utf8.hpp>

namespace quarry::text {
namespace {

using ir::diag;

class line_splitter {
 public:
  line_splitter(std::string_view source, const parse_limits& limits) : source_(source), limits_(limits) {}

  std::vector<logical_line> run() {
    if (source_.starts_with("\xef\xbb\xbf")) at_ = 3;
    while (at_ < source_.size()) {
      const indentation indent = read_indentation();
      const std::size_t begin = at_;
      if (read_line())
        lines_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_ - begin), indent});
      skip_newline();
    }
    return std::move(lines_);
  }

  /// Did the text end too early? After run(), also where that threw.
  bool unfinished() const noexcept { return unfinished_; }

 private:
  struct bracket {
    char open;
    std::size_t offset;
  };

  bool ended() const { return at_ >= source_.size(); }
  char here() const { return source_[at_]; }
  bool at_newline() const { return here() == '\n' || here() == '\r'; }

  void skip_newline() {
    if (ended()) return;
    if (here() == '\r' && source_.substr(at_).starts_with("\r\n")) ++at_;
    ++at_;
  }

  indentation read_indentation() {
    indentation in;
    for (; !ended(); ++at_) {
      if (here() == ' ') {
        ++in.wide;
      } else if (here() == '\t') {
        in.wide = in.wide / 8 * 8 + 8;
      } else if (here() == '\f') {
        in = {};
        continue;
      } else {
        break;
      }
      ++in.narrow;
    }
    return in;
  }

  /// Moves to the end of the logical line; false when nothing but a comment was on it.
  bool read_line() {
    bool anything = false;
    while (!ended()) {
      const char c = here();
      if (at_newline()) {
        if (open_.empty()) return anything;
        ++at_;
      } else if (c == '#') {
        skip_comment();
      } else if (c == '\'' || c == '"') {
        skip_string();
        anything = true;
      } else if (c == ' ' || c == '\t' || c == '\f') {
        ++at_;
      } else {
        anything = true;
        read_code(c);
      }
    }
    if (open_.empty()) return anything;
    unfinished_ = true;
    const bracket last = open_.back();
    refuse(diag::syntax_error, {"'" + std::string(1, partner(last.open)) + "' to close this '" + last.open + "'"},
           span_between(last.offset, last.offset + 1));
  }

  void read_code(char c) {
    switch (c) {
      case '(':
      case '[':
      case '{':
        open_.push_back({c, at_});
        if (open_.size() > limits_.nesting)
          refuse(diag::text_too_deep, {std::to_string(limits_.nesting)}, span_between(at_, at_ + 1));
        ++at_;
        return;
      case ')':
      case ']':
      case '}':
        close(c);
        ++at_;
        return;
      case '\\': continue_line(); return;
      default:
        if (static_cast<unsigned char>(c) >= 0x80U || static_cast<unsigned char>(c) < 0x20U || c == 0x7f)
          check_character(true);
        else ++at_;
    }
  }

  void close(char c) {
    const syntax::span where = span_between(at_, at_ + 1);
    const std::string sign = "'" + std::string(1, c) + "'";
    if (open_.empty()) refuse(diag::syntax_error, {"an opening bracket before " + sign}, where);
    if (partner(open_.back().open) != c) {
      refuse(
          diag::syntax_error,
          {"'" + std::string(1, partner(open_.back().open)) + "' to close '" + open_.back().open + "', found " + sign},
          where);
    }
    open_.pop_back();
  }

  void continue_line() {
    const std::size_t sign = at_++;
    if (ended() || !at_newline())
      refuse(diag::syntax_error, {"the end of the line after '\\'"}, span_between(sign, sign + 1));
    skip_newline();
    unfinished_ = ended();
  }

  void skip_comment() {
    while (!ended() && !at_newline()) check_character(false);
  }

  void skip_string() {
    const std::size_t begin = at_;
    const char quote = here();
    const std::string_view rest = source_.substr(at_);
    const bool triple = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
    const std::size_t quotes = triple ? 3 : 1;
    at_ += quotes;
    while (!ended()) {
      const char c = here();
      if (c == quote && source_.substr(at_, quotes) == rest.substr(0, quotes)) {
        at_ += quotes;
        return;
      }
      if (c == '\\' && at_ + 1 < source_.size()) {
        ++at_;
        if (here() == '\r' && source_.substr(at_).starts_with("\r\n")) ++at_;
        check_character(false);
      } else if (!triple && at_newline()) {
        break;
      } else {
        check_character(false);
      }
    }
    unfinished_ = triple;
    refuse(diag::syntax_error, {"a closing " + std::string(rest.substr(0, quotes)) + " for this string"},
           span_between(begin, begin + quotes));
  }

  /// Moves over one character, which must be one that may stand there.
  void check_character(bool in_code) {
    const char c = here();
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80U) {
      if (byte == 0) refuse(diag::text_encoding, {"a NUL byte"}, span_between(at_, at_ + 1));
      if (in_code)
        refuse(diag::text_encoding, {"the control character " + code_point_name(byte)}, span_between(at_, at_ + 1));
      ++at_;
      return;
    }
    const code_point read = decode_utf8(source_, at_);
    if (read.size == 0) refuse(diag::text_encoding, {"a byte that is not UTF-8"}, span_between(at_, at_ + 1));
    if (in_code && !may_be_in_a_name(read.value)) refuse_sign(read);
    at_ += read.size;
  }

  [[noreturn]] void refuse_sign(code_point read) {
    const syntax::span where = span_between(at_, at_ + read.size);
    const std::string name = code_point_name(read.value);
    switch (read.value) {
      case 0x00a0:
      case 0x2007:
      case 0x202f:
      case 0x3000: refuse(diag::text_encoding, {"a special blank (" + name + ")"}, where, " ");
      case 0x2018:
      case 0x2019: refuse(diag::text_encoding, {"a curly quote (" + name + ")"}, where, "'");
      case 0x201c:
      case 0x201d: refuse(diag::text_encoding, {"a curly quote (" + name + ")"}, where, "\"");
      default:
        refuse(diag::text_encoding,
               {"'" + std::string(source_.substr(at_, read.size)) + "' (" + name + ") outside a string"}, where);
    }
  }

  static char partner(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

  std::string_view source_;
  const parse_limits& limits_;
  std::size_t at_ = 0;
  std::vector<bracket> open_;
  bool unfinished_ = false;
  std::vector<logical_line> lines_;
};

}  // namespace

std::vector<logical_line> split_lines(std::string_view source, const parse_limits& limits) {
  if (source.size() > limits.source_bytes)
    refuse(diag::text_too_large, {std::to_string(limits.source_bytes) + " bytes"}, syntax::span::none());
  return line_splitter(source, limits).run();
}

bool wants_more(std::string_view source) {
  const parse_limits limits;
  if (source.size() > limits.source_bytes) return false;
  line_splitter splitter(source, limits);
  try {
    (void)splitter.run();
  } catch (const refusal&) {
    // said when the statement is read for good
  }
  return splitter.unfinished();
}

}  // namespace quarry::text
