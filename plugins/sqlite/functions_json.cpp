#include <algorithm>
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

void to_json(sqlite3_context* to, arguments args) {
  std::string text;
  switch (sqlite3_value_type(args[0])) {
    case SQLITE_INTEGER: text = std::to_string(sqlite3_value_int64(args[0])); break;
    case SQLITE_FLOAT: {
      const double real = sqlite3_value_double(args[0]);
      if (!std::isfinite(real)) throw data_error("a number that is not finite");
      char shortest[32];
      auto written = std::to_chars(std::begin(shortest), std::end(shortest), real);
      text.assign(shortest, static_cast<std::size_t>(written.ptr - shortest));
      break;
    }
    case SQLITE_TEXT: normalizer::put_text(text_of(args[0]), text); break;
    default: throw data_error("bytes are no JSON value");
  }
  result_text(to, text);
}

void boolean_to_json(sqlite3_context* to, arguments args) {
  result_text(to, sqlite3_value_int64(args[0]) != 0 ? "true" : "false");
}

// A document in its normal form, as a tree: what is no object and no array is known by its text.
struct part {
  enum class form { scalar, array, object } what = form::scalar;
  std::string_view text;
  std::vector<std::string_view> names;  // of an object's members, in order
  std::vector<part> items;  // elements of an array, values of an object
};

class part_reader {
 public:
  explicit part_reader(std::string_view normal) noexcept : rest_(normal) {}

  part read() {
    part out;
    if (rest_.front() == '{' || rest_.front() == '[') {
      const bool object = rest_.front() == '{';
      const char end = object ? '}' : ']';
      out.what = object ? part::form::object : part::form::array;
      rest_.remove_prefix(1);
      while (rest_.front() != end) {
        if (rest_.front() == ',') rest_.remove_prefix(1);
        if (object) {
          out.names.push_back(text());
          rest_.remove_prefix(1);  // the colon
        }
        out.items.push_back(read());
      }
      rest_.remove_prefix(1);
      return out;
    }
    out.text = rest_.front() == '"' ? text() : word();
    return out;
  }

 private:
  std::string_view take(std::size_t size) noexcept {
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  std::string_view text() noexcept {
    std::size_t end = 1;
    for (; rest_[end] != '"'; ++end)
      if (rest_[end] == '\\') ++end;
    return take(end + 1);
  }
  std::string_view word() noexcept { return take(std::min(rest_.find_first_of(",]}"), rest_.size())); }

  std::string_view rest_;
};

// Whether `whole` has each member and element of `wanted`, at the same depth; of an array the order does not matter.
bool holds(const part& whole, const part& wanted) {
  if (whole.what != wanted.what) return false;
  switch (wanted.what) {
    case part::form::scalar: return whole.text == wanted.text;
    case part::form::object:
      for (std::size_t i = 0; i < wanted.names.size(); ++i) {
        const auto at = std::lower_bound(whole.names.begin(), whole.names.end(), wanted.names[i]);
        if (at == whole.names.end() || *at != wanted.names[i]) return false;
        if (!holds(whole.items[static_cast<std::size_t>(at - whole.names.begin())], wanted.items[i])) return false;
      }
      return true;
    case part::form::array:
      return std::all_of(wanted.items.begin(), wanted.items.end(), [&](const part& item) {
        return std::any_of(whole.items.begin(), whole.items.end(), [&](const part& has) { return holds(has, item); });
      });
  }
  return false;
}

void contains(sqlite3_context* to, arguments args) {
  const std::string whole_text = normalizer(text_of(args[0])).run();
  const std::string wanted_text = normalizer(text_of(args[1])).run();
  const part whole = part_reader(whole_text).read();
  const part wanted = part_reader(wanted_text).read();
  // An array also holds a single value that is one of its elements, at the top alone.
  const bool element = whole.what == part::form::array && wanted.what == part::form::scalar &&
      std::any_of(whole.items.begin(), whole.items.end(), [&](const part& item) { return holds(item, wanted); });
  sqlite3_result_int(to, element || holds(whole, wanted) ? 1 : 0);
}

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

// The least or greatest of documents: numbers before texts, and these before everything else. NULLs count for nothing.
int ranked(const std::string& a, const std::string& b) {
  const auto rank = [](const std::string& s) { return number_in(s) ? 0 : s.front() == '"' ? 1 : 2; };
  if (const int difference = rank(a) - rank(b); difference != 0) return difference;
  if (const auto x = number_in(a), y = number_in(b); x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  return a.compare(b);
}

template <int Sign>
void keep_extreme(sqlite3_context* to, int, sqlite3_value** values) noexcept {
  if (is_null(values[0])) return;
  try {
    auto** best = static_cast<std::string**>(sqlite3_aggregate_context(to, static_cast<int>(sizeof(std::string*))));
    if (best == nullptr) throw std::bad_alloc();
    std::string next = normalizer(text_of(values[0])).run();
    if (*best == nullptr) *best = new std::string(std::move(next));
    else if (ranked(next, **best) * Sign > 0) **best = std::move(next);
  } catch (...) {
    report(to);
  }
}

void give_extreme(sqlite3_context* to) noexcept {
  auto** best = static_cast<std::string**>(sqlite3_aggregate_context(to, 0));
  if (best == nullptr || *best == nullptr) return;
  result_text(to, **best);
  delete *best;
  *best = nullptr;
}

template <int Sign>
void define_extreme(sqlite3* db, const char* name) {
  const int code =
      sqlite3_create_function_v2(db, name, 1, pure, nullptr, nullptr, keep_extreme<Sign>, give_extreme, nullptr);
  if (code != SQLITE_OK) throw last_error(db);
}

}  // namespace

void register_json_functions(sqlite3* db) {
  define(db, "quarry_json", 1, strict<normal_form>);
  define(db, "quarry_json_order", 2, strict<order>);
  define_extreme<-1>(db, "quarry_json_min");
  define_extreme<1>(db, "quarry_json_max");
  define(db, "quarry_json_contains", 2, strict<contains>);
  define(db, "quarry_to_json", 1, strict<to_json>);
  define(db, "quarry_json_boolean", 1, strict<boolean_to_json>);
}

}  // namespace quarry::plugin::sqlite
