#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <quarry/plugins/sqlite/functions.hpp>

namespace quarry::plugin::sqlite {

namespace {

constexpr int deepest = 1000;

// Reads a document and writes its normal form: no blanks, the keys of objects in order and once each (the last one counts),
// texts with as few escapes as there can be, numbers in one spelling. Equal documents have equal normal forms.
class normalizer {
 public:
  explicit normalizer(std::string_view text) noexcept : rest_(text) {}

  std::string run() {
    std::string out;
    value(out);
    blanks();
    if (!rest_.empty()) wrong();
    return out;
  }

 private:
  [[noreturn]] static void wrong() { throw data_error("not a JSON document"); }

  void blanks() noexcept {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
  }
  bool take(char c) noexcept {
    blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(char c) {
    if (!take(c)) wrong();
  }
  bool word(std::string_view w, std::string& out) {
    if (!rest_.starts_with(w)) return false;
    rest_.remove_prefix(w.size());
    out += w;
    return true;
  }

  void value(std::string& out) {
    if (++depth_ > deepest) throw data_error("a JSON document that nests too deep");
    blanks();
    if (rest_.empty()) wrong();
    if (rest_.front() == '{') object(out);
    else if (rest_.front() == '[') array(out);
    else if (rest_.front() == '"') put_text(text(), out);
    else if (!word("true", out) && !word("false", out) && !word("null", out)) number(out);
    --depth_;
  }

  void array(std::string& out) {
    need('[');
    out += '[';
    if (!take(']')) {
      do {
        if (out.back() != '[') out += ',';
        value(out);
      } while (take(','));
      need(']');
    }
    out += ']';
  }

  void object(std::string& out) {
    need('{');
    std::map<std::string, std::string> members;  // of two with one name the last counts
    if (!take('}')) {
      do {
        blanks();
        std::string key = text();
        need(':');
        std::string content;
        value(content);
        members.insert_or_assign(std::move(key), std::move(content));
      } while (take(','));
      need('}');
    }
    out += '{';
    for (const auto& [name, content] : members) {
      if (out.back() != '{') out += ',';
      put_text(name, out);
      out += ':';
      out += content;
    }
    out += '}';
  }

  std::uint32_t hexadecimal() {
    if (rest_.size() < 4) wrong();
    std::uint32_t code = 0;
    auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (failure != std::errc() || end != rest_.data() + 4) wrong();
    rest_.remove_prefix(4);
    return code;
  }

  static void put_code_point(std::uint32_t c, std::string& out) {
    auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6);
      put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12);
      put(0x80 | (c >> 6 & 0x3f));
      put(0x80 | (c & 0x3f));
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
      put(0x80 | (c >> 6 & 0x3f));
      put(0x80 | (c & 0x3f));
    }
  }

  // What the text says, without quotes and escapes.
  std::string text() {
    if (rest_.empty() || rest_.front() != '"') wrong();
    rest_.remove_prefix(1);
    std::string out;
    for (;;) {
      if (rest_.empty()) wrong();
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (rest_.empty()) wrong();
      c = rest_.front();
      rest_.remove_prefix(1);
      switch (c) {
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u': escaped(out); break;
        case '"':
        case '\\':
        case '/': out += c; break;
        default: wrong();
      }
    }
  }

  void escaped(std::string& out) {
    std::uint32_t code = hexadecimal();
    bool first_half = code >= 0xd800 && code < 0xdc00;
    if (first_half && rest_.starts_with("\\u")) {
      std::string_view before = rest_;
      rest_.remove_prefix(2);
      std::uint32_t second = hexadecimal();
      if (second >= 0xdc00 && second < 0xe000) code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
      else rest_ = before;
    }
    put_code_point(code, out);
  }

  static void put_text(std::string_view s, std::string& out) {
    constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (char c : s) {
      auto code = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
      } else if (code < 0x20) {
        out += "\\u00";
        out += hex[code >> 4];
        out += hex[code & 15];
      } else {
        out += c;
      }
    }
    out += '"';
  }

  void number(std::string& out) {
    std::size_t size = 0;
    while (size < rest_.size() && std::string_view("+-.eE0123456789").find(rest_[size]) != std::string_view::npos)
      ++size;
    std::string_view digits = rest_.substr(0, size);
    rest_.remove_prefix(size);
    std::int64_t whole = 0;
    auto [at, failure] = std::from_chars(digits.data(), digits.data() + size, whole);
    if (failure == std::errc() && at == digits.data() + size) {
      out += std::to_string(whole);
      return;
    }
    double real = 0;
    auto [end, refused] = std::from_chars(digits.data(), digits.data() + size, real);
    if (size == 0 || end != digits.data() + size ||
        (refused != std::errc() && refused != std::errc::result_out_of_range))
      wrong();
    constexpr double exact = 9007199254740992.0;  // up to here each integer is a double of its own
    if (real == std::trunc(real) && std::abs(real) <= exact) {
      out += std::to_string(static_cast<std::int64_t>(real));
      return;
    }
    char shortest[32];
    auto written = std::to_chars(std::begin(shortest), std::end(shortest), real);
    out.append(shortest, static_cast<std::size_t>(written.ptr - shortest));
  }

  std::string_view rest_;
  int depth_ = 0;
};

void normal_form(sqlite3_context* to, arguments args) { result_text(to, normalizer(text_of(args[0])).run()); }

std::optional<double> number_in(const std::string& normal) {
  double value = 0;
  auto [end, failure] = std::from_chars(normal.data(), normal.data() + normal.size(), value);
  if (failure != std::errc() || end != normal.data() + normal.size()) return std::nullopt;
  return value;
}

// Less than, equal to or greater than 0 for two numbers or two texts; NULL for anything else, which has no order.
void order(sqlite3_context* to, arguments args) {
  std::string a = normalizer(text_of(args[0])).run();
  std::string b = normalizer(text_of(args[1])).run();
  if (auto x = number_in(a), y = number_in(b); x && y) {
    sqlite3_result_int(to, *x < *y ? -1 : *x > *y ? 1 : 0);
  } else if (a.front() == '"' && b.front() == '"') {
    int c = a.substr(1, a.size() - 2).compare(b.substr(1, b.size() - 2));
    sqlite3_result_int(to, c < 0 ? -1 : c > 0 ? 1 : 0);
  }
}

}  // namespace

void register_json_functions(sqlite3* db) {
  define(db, "quarry_json", 1, strict<normal_form>);
  define(db, "quarry_json_order", 2, strict<order>);
}

}  // namespace quarry::plugin::sqlite
