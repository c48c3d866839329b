#include <memory>
#include <string>

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
  define(db, "quarry_endswith", 2, strict<exact<is_suffix>>);
  define(db, "quarry_icontains", 2, strict<ignoring_case<is_substring>>);
  define(db, "quarry_istartswith", 2, strict<ignoring_case<is_prefix>>);
  define(db, "quarry_iendswith", 2, strict<ignoring_case<is_suffix>>);
  define(db, "quarry_uuid", 1, strict<uuid>);
  define(db, "quarry_json_path", -1, strict<json_path>);
}

}  // namespace quarry::plugin::sqlite
