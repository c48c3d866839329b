#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <list>
#include <memory>
#include <string>

#include <quarry/plugins/sqlite/functions.hpp>

namespace quarry::plugin::sqlite {

namespace {

// Bounds what a pattern that backtracks without end may cost: some tenths of a second.
constexpr std::uint32_t match_limit = 2'000'000;
constexpr std::uint32_t heap_limit_kib = 20'000;
constexpr std::size_t patterns_kept = 32;
constexpr std::size_t longest_pattern = 20'000;

struct freed {
  void operator()(pcre2_code* p) const noexcept { pcre2_code_free(p); }
  void operator()(pcre2_match_data* p) const noexcept { pcre2_match_data_free(p); }
  void operator()(pcre2_match_context* p) const noexcept { pcre2_match_context_free(p); }
  void operator()(pcre2_jit_stack* p) const noexcept { pcre2_jit_stack_free(p); }
};
template <class T>
using owned = std::unique_ptr<T, freed>;

template <class T>
owned<T> made(T* raw) {
  if (raw == nullptr) throw std::bad_alloc();
  return owned<T>(raw);
}

std::string message(int code) {
  PCRE2_UCHAR text[200];
  int size = pcre2_get_error_message(code, text, sizeof(text));
  return size < 0 ? "error " + std::to_string(code)
                  : std::string(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
}

struct pattern {
  std::string text;
  owned<pcre2_code> code;
  owned<pcre2_match_data> match;
};

// The compiled patterns of one function of one connection, the most recently used first.
class patterns {
 public:
  explicit patterns(bool ignore_case)
      : options_(PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
                 (ignore_case ? PCRE2_CASELESS : 0u)),
        context_(made(pcre2_match_context_create(nullptr))),
        stack_(made(pcre2_jit_stack_create(32 * 1024, 1024 * 1024, nullptr))) {
    pcre2_set_match_limit(context_.get(), match_limit);
    pcre2_set_heap_limit(context_.get(), heap_limit_kib);
    pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
  }

  bool search(std::string_view text, std::string_view wanted) {
    pattern& compiled = find(wanted);
    int code = pcre2_match(compiled.code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                           compiled.match.get(), context_.get());
    if (code >= 0) return true;
    if (code == PCRE2_ERROR_NOMATCH) return false;
    if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT || code == PCRE2_ERROR_HEAPLIMIT ||
        code == PCRE2_ERROR_JIT_STACKLIMIT)
      throw data_error("the regular expression takes too long");
    if (code == PCRE2_ERROR_NOMEMORY) throw std::bad_alloc();
    throw data_error("regular expression: " + message(code));
  }

 private:
  pattern& find(std::string_view wanted) {
    for (auto at = kept_.begin(); at != kept_.end(); ++at) {
      if (at->text != wanted) continue;
      kept_.splice(kept_.begin(), kept_, at);
      return kept_.front();
    }
    kept_.push_front(compile(wanted));
    if (kept_.size() > patterns_kept) kept_.pop_back();
    return kept_.front();
  }

  pattern compile(std::string_view text) const {
    if (text.size() > longest_pattern) throw data_error("the regular expression is too long");
    int code = 0;
    PCRE2_SIZE where = 0;
    owned<pcre2_code> compiled(
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options_, &code, &where, nullptr));
    if (compiled == nullptr)
      throw data_error("invalid regular expression at byte " + std::to_string(where) + ": " + message(code));
    pcre2_jit_compile(compiled.get(), PCRE2_JIT_COMPLETE);  // where it can't be had, matching is slower
    auto match = made(pcre2_match_data_create(1, nullptr));
    return {std::string(text), std::move(compiled), std::move(match)};
  }

  std::uint32_t options_;
  owned<pcre2_match_context> context_;
  owned<pcre2_jit_stack> stack_;
  std::list<pattern> kept_;
};

void search(sqlite3_context* to, arguments args) {
  auto& known = *static_cast<patterns*>(sqlite3_user_data(to));
  sqlite3_result_int(to, known.search(text_of(args[0]), text_of(args[1])) ? 1 : 0);
}

// x REGEXP y is regexp(y, x).
void search_swapped(sqlite3_context* to, arguments args) {
  sqlite3_value* swapped[] = {args[1], args[0]};
  search(to, {swapped, 2});
}

void define_search(sqlite3* db, const char* name, entry function, bool ignore_case) {
  // SQLite destroys it, also when the definition fails.
  auto known = std::make_unique<patterns>(ignore_case);
  define(db, name, 2, function, pure, known.release(), [](void* p) { delete static_cast<patterns*>(p); });
}

}  // namespace

void register_regex_functions(sqlite3* db) {
  define_search(db, "quarry_regexp", strict<search>, false);
  define_search(db, "quarry_iregexp", strict<search>, true);
  define_search(db, "regexp", strict<search_swapped>, false);
}

}  // namespace quarry::plugin::sqlite
