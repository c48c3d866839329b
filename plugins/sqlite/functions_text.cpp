#include <memory>
#include <string>
#include <vector>

#include <utf8proc.h>

#include <quarry/plugins/sqlite/functions.hpp>

namespace quarry::plugin::sqlite {

namespace {

// Unicode simple case mapping: one code point gives one. The sharp s has no simple upper case, whatever utf8proc says.
utf8proc_int32_t upper(utf8proc_int32_t c) noexcept { return c == 0xdf ? c : utf8proc_toupper(c); }
utf8proc_int32_t lower(utf8proc_int32_t c) noexcept { return utf8proc_tolower(c); }

template <utf8proc_int32_t (*Map)(utf8proc_int32_t) noexcept, char First, char Last>
void map_text(std::string_view from, std::string& to) {
  to.clear();
  to.reserve(from.size());
  auto at = reinterpret_cast<const utf8proc_uint8_t*>(from.data());
  auto left = static_cast<utf8proc_ssize_t>(from.size());
  while (left > 0) {
    if (*at < 0x80) {
      char c = static_cast<char>(*at);
      to.push_back(c >= First && c <= Last ? static_cast<char>(c ^ 0x20) : c);
      ++at;
      --left;
      continue;
    }
    utf8proc_int32_t c = -1;
    utf8proc_ssize_t size = utf8proc_iterate(at, left, &c);
    if (size <= 0) {  // no UTF-8: kept as it is
      to.push_back(static_cast<char>(*at));
      size = 1;
    } else {
      utf8proc_uint8_t bytes[4];
      to.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(utf8proc_encode_char(Map(c), bytes)));
    }
    at += size;
    left -= size;
  }
}

void to_upper(std::string_view from, std::string& to) { map_text<upper, 'a', 'z'>(from, to); }
void to_lower(std::string_view from, std::string& to) { map_text<lower, 'A', 'Z'>(from, to); }

std::string& scratch() {
  static thread_local std::string buffer;
  return buffer;
}

template <void (*Map)(std::string_view, std::string&)>
void mapped_text(sqlite3_context* to, arguments args) {
  Map(text_of(args[0]), scratch());
  result_text(to, scratch());
}

bool is_prefix(std::string_view text, std::string_view part) { return text.starts_with(part); }
// The least text after all those that start so; greater than every text where there is none.
void prefix_end(sqlite3_context* to, arguments args) {
  std::string_view prefix = text_of(args[0]);
  while (!prefix.empty()) {
    std::size_t at = prefix.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(prefix[at]) & 0xc0U) == 0x80U) --at;
    utf8proc_int32_t last = -1;
    const auto bytes = reinterpret_cast<const utf8proc_uint8_t*>(prefix.data()) + at;
    if (utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(prefix.size() - at), &last) <= 0) break;  // no UTF-8
    prefix.remove_suffix(prefix.size() - at);
    if (last == 0x10ffff) continue;
    utf8proc_uint8_t next[4];
    const auto size = utf8proc_encode_char(last == 0xd7ff ? 0xe000 : last + 1, next);  // between are no characters
    scratch().assign(prefix);
    scratch().append(reinterpret_cast<const char*>(next), static_cast<std::size_t>(size));
    return result_text(to, scratch());
  }
  sqlite3_result_zeroblob(to, 0);
}

// Where texts are kept in UTF-16, the order of their bytes is another one.
void no_prefix_end(sqlite3_context* to, arguments) { sqlite3_result_zeroblob(to, 0); }

bool keeps_utf8(sqlite3* db) {
  sqlite3_stmt* statement = nullptr;
  const bool known = sqlite3_prepare_v2(db, "PRAGMA encoding", -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW;
  const bool utf8 =
      known && std::string_view(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0))) == "UTF-8";
  sqlite3_finalize(statement);
  return utf8;
}

bool is_suffix(std::string_view text, std::string_view part) { return text.ends_with(part); }
bool is_substring(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// UTF-8 is compared byte by byte: a code point's bytes never match inside another's.
template <bool (*Test)(std::string_view, std::string_view)>
void exact(sqlite3_context* to, arguments args) {
  std::string_view text = text_of(args[0]);
  std::string_view part = text_of(args[1]);
  sqlite3_result_int(to, Test(text, part) ? 1 : 0);
}

template <bool (*Test)(std::string_view, std::string_view)>
void ignoring_case(sqlite3_context* to, arguments args) {
  // What is looked for is mostly a bind: mapped once a statement.
  auto part = static_cast<std::string*>(sqlite3_get_auxdata(to, 1));
  std::unique_ptr<std::string> made;
  if (part == nullptr) {
    made = std::make_unique<std::string>();
    part = made.get();
    to_upper(text_of(args[1]), *part);
  }
  to_upper(text_of(args[0]), scratch());
  sqlite3_result_int(to, Test(scratch(), *part) ? 1 : 0);
  if (made) sqlite3_set_auxdata(to, 1, made.release(), [](void* p) { delete static_cast<std::string*>(p); });
}

// Where each code point begins, and where the text ends.
std::vector<std::size_t> code_points(std::string_view text) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) at.push_back(i);
  at.push_back(text.size());
  return at;
}

constexpr sqlite3_int64 longest_text = 100'000'000;  // as much as what is made here may have bytes

void repeated(std::string& to, std::string_view text, sqlite3_int64 times) {
  if (times <= 0 || text.empty()) return;
  if (times > longest_text / static_cast<sqlite3_int64>(text.size())) throw data_error("a text that is too long");
  to.reserve(to.size() + text.size() * static_cast<std::size_t>(times));
  for (; times > 0; --times) to += text;
}

void repeat(sqlite3_context* to, arguments args) {
  std::string text;
  repeated(text, text_of(args[0]), sqlite3_value_int64(args[1]));
  result_text(to, text);
}

void reverse(sqlite3_context* to, arguments args) {
  const std::string_view text = text_of(args[0]);
  const std::vector<std::size_t> at = code_points(text);
  std::string reversed;
  reversed.reserve(text.size());
  for (std::size_t i = at.size() - 1; i-- > 0;) reversed += text.substr(at[i], at[i + 1] - at[i]);
  result_text(to, reversed);
}

// The last code points; none for a count that is not positive.
void right(sqlite3_context* to, arguments args) {
  const std::string_view text = text_of(args[0]);
  const std::vector<std::size_t> at = code_points(text);
  const sqlite3_int64 count = sqlite3_value_int64(args[1]);
  const auto all = static_cast<sqlite3_int64>(at.size() - 1);
  const sqlite3_int64 first = count >= all ? 0 : count <= 0 ? all : all - count;
  result_text(to, text.substr(at[static_cast<std::size_t>(first)]));
}

// Filled up with another text, blanks unless given, to a number of code points; cut to it when it is longer.
void pad(sqlite3_context* to, arguments args, bool at_start) {
  const std::string_view text = text_of(args[0]);
  const std::vector<std::size_t> at = code_points(text);
  const sqlite3_int64 wanted = sqlite3_value_int64(args[1]);
  const std::string_view fill = args.count > 2 ? text_of(args[2]) : " ";
  const auto has = static_cast<sqlite3_int64>(at.size() - 1);
  if (wanted <= has || fill.empty()) {
    result_text(to, text.substr(0, at[static_cast<std::size_t>(wanted < 0 ? 0 : wanted < has ? wanted : has)]));
    return;
  }
  const std::vector<std::size_t> pieces = code_points(fill);
  const auto in_fill = static_cast<sqlite3_int64>(pieces.size() - 1);
  std::string filling;
  repeated(filling, fill, (wanted - has) / in_fill);
  filling += fill.substr(0, pieces[static_cast<std::size_t>((wanted - has) % in_fill)]);
  result_text(to, at_start ? filling + std::string(text) : std::string(text) + filling);
}

void lpad(sqlite3_context* to, arguments args) { pad(to, args, true); }
void rpad(sqlite3_context* to, arguments args) { pad(to, args, false); }

// The 32 hexadecimal digits as they are stored, from any usual way of writing a UUID.
void uuid(sqlite3_context* to, arguments args) {
  std::string digits;
  for (char c : text_of(args[0])) {
    if (c == '-' || c == '{' || c == '}') continue;
    bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!hex) throw data_error("not a UUID");
    digits.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c);
  }
  if (digits.size() != 32) throw data_error("not a UUID");
  result_text(to, digits);
}

// A path for SQLite's JSON functions: texts are keys, integers are positions (from the end if negative).
void json_path(sqlite3_context* to, arguments args) {
  std::string path = "$";
  for (int i = 0; i < args.count; ++i) {
    if (sqlite3_value_type(args[i]) == SQLITE_INTEGER) {
      sqlite3_int64 index = sqlite3_value_int64(args[i]);
      path += index < 0 ? "[#" + std::to_string(index) + "]" : "[" + std::to_string(index) + "]";
      continue;
    }
    path += ".\"";
    for (char c : text_of(args[i])) {
      // SQLite compares keys as they are written in the document, and knows no way to write a quote in a path.
      if (c == '"') throw data_error("a key with a quotation mark");
      if (c == '\\') path += '\\';
      path += c;
    }
    path += '"';
  }
  result_text(to, path);
}

}  // namespace

void register_text_functions(sqlite3* db) {
  define(db, "quarry_upper", 1, strict<mapped_text<to_upper>>);
  define(db, "quarry_lower", 1, strict<mapped_text<to_lower>>);
  define(db, "quarry_startswith", 2, strict<exact<is_prefix>>);
  define(db, "quarry_prefix_end", 1, keeps_utf8(db) ? strict<prefix_end> : strict<no_prefix_end>);
  define(db, "quarry_endswith", 2, strict<exact<is_suffix>>);
  define(db, "quarry_icontains", 2, strict<ignoring_case<is_substring>>);
  define(db, "quarry_istartswith", 2, strict<ignoring_case<is_prefix>>);
  define(db, "quarry_iendswith", 2, strict<ignoring_case<is_suffix>>);
  define(db, "quarry_repeat", 2, strict<repeat>);
  define(db, "quarry_reverse", 1, strict<reverse>);
  define(db, "quarry_right", 2, strict<right>);
  define(db, "quarry_lpad", 2, strict<lpad>);
  define(db, "quarry_lpad", 3, strict<lpad>);
  define(db, "quarry_rpad", 2, strict<rpad>);
  define(db, "quarry_rpad", 3, strict<rpad>);
  define(db, "quarry_uuid", 1, strict<uuid>);
  define(db, "quarry_json_path", -1, strict<json_path>);
}

}  // namespace quarry::plugin::sqlite
