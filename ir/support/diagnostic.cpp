#include <quarry/ir/support/diagnostic.hpp>
#include <quarry/ir/support/source_line.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace quarry::ir {
namespace {

constexpr std::array registry = {
#define QUARRY_DIAGNOSTIC(number, name, family, exception, text) \
  diag_info{diag::name, #name, diag_family::family, exception, text},
#include <quarry/ir/support/diagnostics.def>
#undef QUARRY_DIAGNOSTIC
};
static_assert(std::ranges::adjacent_find(registry, std::greater_equal<>(), &diag_info::id) == registry.end(),
              "diagnostics are found by halving: they stand in the order of their numbers, each once");

/// Changes of one letter, and neighbours that changed places.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> two_above(width), above(width), row(width);
  for (std::size_t j = 0; j < width; ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    two_above.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
  }
  return row[b.size()];
}

struct line_at {
  std::size_t number;  // 1-based
  std::size_t begin;   // offset of its first byte
  std::string_view text;
};

line_at find_line(std::string_view source, std::size_t offset) {
  line_at line{1, 0, {}};
  offset = std::min(offset, source.size());
  for (std::size_t i = 0; i < offset; ++i)
    if (source[i] == '\n') {
      ++line.number;
      line.begin = i + 1;
    }
  line.text = source.substr(line.begin, source.find('\n', line.begin) - line.begin);
  return line;
}

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// Characters, not bytes: the caret stands below what a reader sees.
std::size_t width(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return !continues_a_character(c); }));
}

/// Literals may hold what must not reach a log: the source line shows their quotes and `…` only.
/// The caret (byte offset and size) moves with the text. `names`: it marks a name, which may stand in quotes.
std::string without_literals(std::string_view line, std::size_t& caret, std::size_t& caret_size, bool names) {
  std::string out;
  const std::size_t caret_end = caret + caret_size;
  std::size_t new_caret = caret;
  std::size_t new_end = caret_end;
  for (std::size_t i = 0; i < line.size(); ++i) {
    out += line[i];
    if (line[i] != '"' && line[i] != '\'') continue;
    std::size_t close = i + 1;
    while (close < line.size() && line[close] != line[i]) close += line[close] == '\\' ? 2U : 1U;
    close = std::min(close, line.size());
    const std::size_t removed = close - i - 1;
    if (names && caret > i && caret_end <= close) {
      out += line.substr(i + 1, removed);
    } else if (removed > 0) {
      static constexpr std::string_view stand_in = "…";
      out += stand_in;
      const auto shift = [&](std::size_t at, std::size_t& moved) {
        if (at >= close) moved = moved - removed + stand_in.size();
        else if (at > i + 1) moved = moved - (at - i - 1) + stand_in.size();
      };
      shift(caret, new_caret);
      shift(caret_end, new_end);
    }
    if (close < line.size()) out += line[close];
    i = close;
  }
  caret = new_caret;
  caret_size = new_end > new_caret ? new_end - new_caret : 0;
  return out;
}

}  // namespace

const diag_info& info(diag id) noexcept {
  const auto at = std::lower_bound(registry.begin(), registry.end(), id,
                                   [](const diag_info& d, diag wanted) { return d.id < wanted; });
  return at != registry.end() && at->id == id ? *at : registry.back();
}

std::string_view to_string(diag_family family) noexcept {
  constexpr std::array<std::string_view, 10> names = {"schema",      "text",   "name",   "type",     "semantic",
                                                      "unsupported", "policy", "plugin", "database", "internal"};
  return names[static_cast<std::size_t>(family)];
}

diagnostic make_diagnostic(diag id, std::initializer_list<std::string_view> words) {
  diagnostic d;
  d.id = id;
  const std::string_view text = info(id).text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool slot = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}';
    if (!slot) {
      d.message += text[i];
      continue;
    }
    const auto index = static_cast<std::size_t>(text[i + 1] - '0');
    if (index < words.size()) d.message += *(words.begin() + index);
    i += 2;
  }
  return d;
}

std::string exception_name(const diagnostic& d) {
  const std::string_view name = info(d.id).exception;
  if (d.subject.empty()) return std::string(name);
  return d.subject + "." + std::string(name);
}

std::string source_line(std::string_view source, source_span span, std::size_t indent, bool names) {
  const line_at line = find_line(source, span.offset);
  std::size_t caret = span.offset - line.begin;
  std::size_t size = std::min<std::size_t>(span.size, line.text.size() - std::min(caret, line.text.size()));
  const bool several_lines = source.find('\n') != std::string_view::npos;
  const std::string shown = without_literals(line.text, caret, size, names);
  const std::string prefix = several_lines ? "line " + std::to_string(line.number) + ": " : "";
  const std::string margin(indent, ' ');
  std::string out = margin + prefix + shown + "\n" + margin + std::string(prefix.size(), ' ');
  out += std::string(width(std::string_view(shown).substr(0, std::min(caret, shown.size()))), ' ');
  const std::size_t marked = width(std::string_view(shown).substr(std::min(caret, shown.size()), size));
  return out + "^" + std::string(marked > 1 ? marked - 1 : 0, '~');
}

std::string render(const diagnostic& d) {
  std::string out = "error[QRY" + std::to_string(static_cast<unsigned>(d.id)) + "]: " + d.message;
  const bool suggests = !d.suggestion.empty();
  if (!d.source.empty() && d.span.present()) {
    out += "\n" + source_line(d.source, d.span, 2);
    if (suggests) out += "   did you mean '" + d.suggestion + "'?";
  } else if (suggests) {
    out += "; did you mean '" + d.suggestion + "'?";
  }
  return out;
}

void nearest_choice::offer(std::string_view candidate) {
  const std::size_t limit = std::max<std::size_t>(1, std::max(wrong_.size(), candidate.size()) / 3);
  const std::size_t gap =
      wrong_.size() > candidate.size() ? wrong_.size() - candidate.size() : candidate.size() - wrong_.size();
  if (gap > limit) return;
  const std::size_t distance = edit_distance(wrong_, candidate);
  if (distance > limit || (any_ && distance >= distance_)) return;
  best_ = candidate;
  distance_ = distance;
  any_ = true;
}

}  // namespace quarry::ir
