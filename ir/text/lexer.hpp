// Tokens of the text IR and of .qir files. Comments go from `;` to the end of the line; the one after `{` may name the stage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

enum class token_kind : std::uint8_t { end, name, integer, real, string, stage, mark };

struct token {
  token_kind kind = token_kind::end;
  std::string_view text;  ///< as written; of a stage comment: the name
  std::uint32_t offset = 0;
  std::string value;  ///< of a string, its escapes resolved
  bool is(char c) const noexcept { return kind == token_kind::mark && text.size() == 1 && text[0] == c; }
};

/// Walks over the tokens of a range of a text. Diagnostics point into the whole text.
class token_stream {
 public:
  static result<token_stream> of(std::string_view source, std::size_t begin, std::size_t end);

  /// The token after `ahead` others; at the end of the text, an end token again and again.
  const token& peek(std::size_t ahead = 0) const noexcept { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const token& next() noexcept {
    const token& t = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return t;
  }
  bool at_end() const noexcept { return peek().kind == token_kind::end; }
  /// Takes the token if it is this mark, or this word.
  bool take(char mark) noexcept;
  bool take(std::string_view word) noexcept;
  bool next_is(std::string_view word) const noexcept { return peek().kind == token_kind::name && peek().text == word; }

  result<void> expect(char mark);
  result<void> expect(std::string_view word);
  /// A name, also in quotes. `what`: as the diagnostic calls it.
  result<std::string> name(std::string_view what);
  result<std::int64_t> integer(std::string_view what);
  /// An integer from 0 to `most`.
  result<std::uint32_t> number(std::string_view what, std::uint32_t most = 0xfffffffeU);

  failure expected(std::string_view what) const { return fail(diag::syntax_error, {what}, peek()); }
  failure fail(diag id, std::initializer_list<std::string_view> words, const token& at) const;
  std::string_view source() const noexcept { return source_; }

 private:
  result<void> scan(std::size_t begin, std::size_t end);
  std::string_view source_;
  std::vector<token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace quarry::ir
