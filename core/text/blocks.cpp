// Statements and blocks: walks the logical lines, hands simple statements and class headers to the grammar, and skips
// what a models file may hold beside them.
#include <algorithm>
#include <array>
#include <string>

#include <quarry/core/text/grammar.hpp>
#include <quarry/core/text/lines.hpp>
#include <quarry/core/text/parse.hpp>
#include <quarry/core/text/refusal.hpp>
#include <quarry/core/text/unexpected.hpp>

namespace quarry::text {
namespace {

using ir::diag;
using syntax::span;

span span_of(const logical_line& line) { return {line.offset, line.size}; }

/// The word that `line` starts with, or empty.
std::string_view first_word(std::string_view source, const logical_line& line) {
  const std::string_view s = source.substr(line.offset, line.size);
  const auto end = std::find_if_not(s.begin(), s.end(), is_name_character);
  return s.substr(0, static_cast<std::size_t>(end - s.begin()));
}

class models_reader {
 public:
  models_reader(std::string_view source, const parse_limits& limits)
      : source_(source), limits_(limits), lines_(split_lines(source, limits)), build_(source, limits) {}

  syntax::tree run() {
    if (!lines_.empty()) read_block(lines_.front().indent);
    if (!ended()) refuse_indentation("the indentation of the lines before");
    return build_.finish();
  }

 private:
  bool ended() const { return at_ >= lines_.size(); }
  const logical_line& here() const { return lines_[at_]; }
  std::string_view word_here() const { return first_word(source_, here()); }

  /// Negative, 0 or positive as the line here is indented less than, like, or more than `other`.
  int indented_against(indentation other) const {
    const auto compare = [](std::uint32_t a, std::uint32_t b) { return a < b ? -1 : a > b ? 1 : 0; };
    const int wide = compare(here().indent.wide, other.wide);
    if (wide != compare(here().indent.narrow, other.narrow))
      refuse_indentation("tabs and blanks in the same order as in the lines before");
    return wide;
  }

  [[noreturn]] void refuse_indentation(std::string_view expected) const {
    refuse(diag::syntax_error, {expected}, {here().offset, 0});
  }

  void read_block(indentation indent) {
    while (!ended()) {
      const int more = indented_against(indent);
      if (more < 0) return;
      if (more > 0) refuse_indentation("the indentation of the lines before");
      read_statement();
    }
  }

  void read_statement() {
    constexpr std::array<std::string_view, 9> blocks = {"if",      "elif", "else",  "try", "except",
                                                        "finally", "for",  "while", "with"};
    const std::string_view word = word_here();
    if (word == "class") {
      read_class();
    } else if (word == "def" || word == "async") {
      read_definition();
    } else if (source_[here().offset] == '@') {
      ++at_;  // what it decorates follows
    } else if (std::find(blocks.begin(), blocks.end(), word) != blocks.end()) {
      skip_imports_under(word);
    } else {
      parse_simple_statements(build_, span_of(here()));
      ++at_;
    }
  }

  void read_class() {
    const logical_line header = here();
    const std::size_t body = parse_class_header(build_, span_of(header));
    if (++depth_ > limits_.nesting) refuse(diag::text_too_deep, {std::to_string(limits_.nesting)}, {header.offset, 5});
    build_.open_class(span_between(header.offset, body));
    ++at_;
    if (!only_comment(body, header.offset + header.size)) {
      parse_simple_statements(build_, span_between(body, header.offset + header.size));
    } else if (!ended() && indented_against(header.indent) > 0) {
      read_block(here().indent);
    } else {
      refuse(diag::syntax_error, {"an indented body after this line"}, span_between(header.offset, body));
    }
    build_.close_class();
    --depth_;
  }

  bool only_comment(std::size_t begin, std::size_t end) const {
    const std::size_t first = source_.find_first_not_of(" \t\f", begin);
    return first >= end || source_[first] == '#';
  }

  /// Everything indented deeper than `header`, whatever it is; gives the end of the last line.
  std::size_t skip_body(const logical_line& header) {
    std::size_t end = header.offset + header.size;
    for (; !ended() && indented_against(header.indent) > 0; ++at_) end = here().offset + here().size;
    return end;
  }

  void read_definition() {
    const logical_line header = here();
    std::size_t name = after_word(header.offset);
    if (word_here() == "async") {
      if (source_.substr(name, 3) != "def") refuse(diag::syntax_error, {"'def' after 'async'"}, {header.offset, 5});
      name = after_word(name);
    }
    std::size_t name_end = name;
    while (name_end < source_.size() && is_name_character(source_[name_end])) ++name_end;
    if (name == name_end || !is_name_start(source_[name]))
      refuse_unexpected(source_, name, header.offset + header.size, wanted::name, "the name of the function");
    ++at_;
    const std::size_t end = skip_body(header);
    build_.definition(span_between(header.offset, end), span_between(name, name_end));
  }

  /// Behind the word at `at` and the blanks that follow it.
  std::size_t after_word(std::size_t at) const {
    while (at < source_.size() && is_name_character(source_[at])) ++at;
    return std::min(source_.find_first_not_of(" \t\f\\\r\n", at), source_.size());
  }

  /// `if TYPE_CHECKING:` and its like declare nothing; anything else in such a block would be lost silently.
  void skip_imports_under(std::string_view word) {
    constexpr std::array<std::string_view, 8> harmless = {"import", "from", "pass", "if",
                                                          "else",   "elif", "try",  "except"};
    const logical_line header = here();
    const std::string_view text = source_.substr(header.offset, header.size);
    const std::size_t begin = at_++;
    skip_body(header);
    const auto is_harmless = [&](const logical_line& line) {
      return std::find(harmless.begin(), harmless.end(), first_word(source_, line)) != harmless.end();
    };
    const auto first = lines_.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = lines_.begin() + static_cast<std::ptrdiff_t>(at_);
    const bool has_body = last - first > 1 && text.find(':') != std::string_view::npos;
    if (has_body && word != "for" && word != "while" && word != "with" && std::all_of(first + 1, last, is_harmless))
      return;
    refuse(diag::models_unsupported, {"'" + std::string(word) + "' around anything but imports"},
           {header.offset, static_cast<std::uint32_t>(word.size())});
  }

  std::string_view source_;
  const parse_limits& limits_;
  std::vector<logical_line> lines_;
  tree_builder build_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
};

template <class Parse> ir::result<syntax::tree> or_diagnostic(std::string_view source, Parse parse) {
  try {
    return parse();
  } catch (refusal& refused) {
    refused.what.source = source;
    return ir::failure(std::move(refused.what));
  }
}

}  // namespace

ir::result<syntax::tree> parse_statements(std::string_view source, const parse_limits& limits) {
  return or_diagnostic(source, [&] {
    tree_builder build(source, limits);
    for (const logical_line& line : split_lines(source, limits)) parse_simple_statements(build, span_of(line));
    return build.finish();
  });
}

ir::result<syntax::tree> parse_models(std::string_view source, const parse_limits& limits) {
  return or_diagnostic(source, [&] { return models_reader(source, limits).run(); });
}

}  // namespace quarry::text
