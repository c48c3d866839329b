#include <quarry/core/text/unexpected.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <quarry/core/text/refusal.hpp>
#include <quarry/core/text/tree_builder.hpp>

namespace quarry::text {
namespace {

using ir::diag;

struct python_word {
  std::string_view word;
  wanted need;  ///< where the message holds
  std::string_view message;
  std::string_view suggestion = {};
};

// What people who know Python try; every other reserved word gets the plain message.
constexpr std::array<python_word, 15> python_words = {{
    {"and", wanted::sign, "'and' (conditions combine with '&')", "&"},
    {"or", wanted::sign, "'or' (conditions combine with '|')", "|"},
    {"not", wanted::value, "'not' (a condition is negated with '~')", "~"},
    {"not", wanted::sign, "'not in' (there is exclude(field__in=...))"},
    {"in", wanted::sign, "'in' (there is the lookup field__in=...)"},
    {"is", wanted::sign, "'is' (there is the lookup field__isnull=...)"},
    {"lambda", wanted::value, "'lambda'"},
    {"for", wanted::sign, "a comprehension ('for')"},
    {"async", wanted::sign, "a comprehension ('async for')"},
    {"if", wanted::sign, "a conditional expression ('if')"},
    {"yield", wanted::value, "'yield'"},
    {"class", wanted::statement, "a 'class' statement outside a models file"},
    {"def", wanted::statement, "a 'def' statement outside a models file"},
    {"if", wanted::statement, "an 'if' statement"},
    {"for", wanted::statement, "a 'for' statement"},
}};
constexpr std::array<std::string_view, 12> python_statements = {
    "assert", "async", "break", "continue", "del", "global", "nonlocal", "raise", "return", "try", "while", "with"};

class unexpected {
 public:
  unexpected(std::string_view source, std::size_t at, std::size_t end, wanted need)
      : source_(source), at_(at), end_(end), need_(need) {}

  [[noreturn]] void refuse_as(std::string_view expected) {
    if (at_ < end_) {
      word_end_ = at_;
      if (is_name_start(source_[at_]))
        while (word_end_ < end_ && is_name_character(source_[word_end_])) ++word_end_;
      refuse_python_word();
      refuse_python_sign();
    }
    const std::string what = found();
    refuse(diag::syntax_error, {std::string(expected) + ", found " + what}, where_);
  }

 private:
  bool needs_value() const { return need_ == wanted::value || need_ == wanted::statement; }
  std::string_view word() const { return source_.substr(at_, word_end_ - at_); }

  void refuse_python_word() const {
    if (need_ == wanted::name || word().empty()) return;
    const syntax::span where = span_between(at_, word_end_);
    for (const python_word& known : python_words)
      if (known.word == word() && (known.need == need_ || (known.need == wanted::value && needs_value())))
        refuse(diag::syntax_unsupported, {known.message}, where, known.suggestion);
    if (need_ == wanted::statement &&
        std::find(python_statements.begin(), python_statements.end(), word()) != python_statements.end())
      refuse(diag::syntax_unsupported, {"'" + std::string(word()) + "'"}, where);
  }

  void refuse_python_sign() const {
    const char before = at_ > 0 ? source_[at_ - 1] : ' ';
    const char here = source_[at_];
    const char after = at_ + 1 < end_ ? source_[at_ + 1] : ' ';
    if (needs_value() && here == before && std::string_view("<>&|").find(here) != std::string_view::npos)
      refuse_sign(at_ - 1, 2, here == '&' || here == '|' ? std::string_view(&here, 1) : std::string_view());
    if (needs_value() && here == '=' && std::string_view("+-*/%&|^:").find(before) != std::string_view::npos)
      refuse_sign(at_ - 1, 2, {});
    if (needs_value() && here == '!') refuse_sign(at_, 1, "~");
    if (need_ == wanted::sign && here == '@') refuse_sign(at_, 1, {});
    if (need_ == wanted::sign && here == ':' && after == '=') refuse_sign(at_, 2, {});
  }

  [[noreturn]] void refuse_sign(std::size_t begin, std::size_t size, std::string_view suggestion) const {
    refuse(diag::syntax_unsupported, {"'" + std::string(source_.substr(begin, size)) + "'"},
           span_between(begin, begin + size), suggestion);
  }

  /// In words, without the value of a literal, which may be private.
  std::string found() {
    where_ = span_between(at_, at_);
    if (at_ >= end_) return "the end of the statement";
    const char here = source_[at_];
    where_ = span_between(at_, at_ + 1);
    const bool prefixed =
        word_end_ < end_ && !word().empty() && (source_[word_end_] == '\'' || source_[word_end_] == '"');
    if (here == '\'' || here == '"' || prefixed) return "a string";
    if (here >= '0' && here <= '9') return "a number";
    if (word().empty()) return "'" + std::string(1, here) + "'";
    where_ = span_between(at_, word_end_);
    return (is_reserved_word(word()) ? "the reserved word '" : "'") + std::string(word()) + "'";
  }

  std::string_view source_;
  std::size_t at_, end_;
  wanted need_;
  std::size_t word_end_ = 0;
  syntax::span where_;
};

}  // namespace

bool is_name_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
}

bool is_name_character(char c) noexcept { return is_name_start(c) || (c >= '0' && c <= '9'); }

void refuse_unexpected(std::string_view source, std::size_t at, std::size_t end, wanted need,
                       std::string_view expected) {
  unexpected(source, at, end, need).refuse_as(expected);
}

}  // namespace quarry::text
