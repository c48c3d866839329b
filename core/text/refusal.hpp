// How the stages of the parser give up: thrown by them, turned into a diagnostic by parse_statements and parse_models.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <quarry/core/text/syntax.hpp>
#include <quarry/ir/support/diagnostic.hpp>

namespace quarry::text {

struct refusal {
  ir::diagnostic what;
};

[[noreturn]] inline void refuse(ir::diag id, std::initializer_list<std::string_view> words, syntax::span where,
                                std::string_view suggestion = {}) {
  ir::diagnostic d = ir::make_diagnostic(id, words);
  d.span = where;
  d.suggestion = suggestion;
  throw refusal{std::move(d)};
}

constexpr syntax::span span_between(std::size_t begin, std::size_t end) noexcept {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)};
}

constexpr std::uint32_t end_of(syntax::span s) noexcept { return s.offset + s.size; }

/// From the start of one to the end of the other.
constexpr syntax::span span_over(syntax::span from, syntax::span to) noexcept {
  return span_between(from.offset, end_of(to));
}

}  // namespace quarry::text
