// Parsing: a text and one of sixteen times its size, for instructions.sh. The budgets say that it costs no more than in proportion.
#include <array>
#include <string>
#include <string_view>

#include <quarry/core/text/parse.hpp>

#include "probe.hpp"

namespace {

struct shape {
  std::string_view name, head, part, tail;
};

constexpr std::array shapes = {
    shape{"list", "f(pk__in=[", "12345, ", "])"},
    shape{"blanks", "f(", " ", ")"},
    shape{"comments", "f(", "# comment\n", ")"},
    shape{"one-text", "f('", "x", "')"},
    shape{"texts", "", "'x' ", ""},
    shape{"sums", "f(", "a+b, ", ")"},
    shape{"dict", "{", "a: [b], ", "}"},
    shape{"statements", "", "Entry.objects.filter(a=1)[:5]\n", ""},
    shape{"assignments", "", "x = (1,); ", ""},
};

std::string text_of(const shape& s, std::size_t size) {
  std::string text(s.head);
  for (std::size_t i = 0; i < size / s.part.size(); ++i) text += s.part;
  return text += s.tail;
}

}  // namespace

int main() {
  for (const shape& s : shapes)
    for (const auto& [size, words] : {std::pair<std::size_t, std::string_view>{4000, "-4k"}, {64000, "-64k"}}) {
      const std::string text = text_of(s, size);
      quarry::bench::probe(
          std::string(s.name) + std::string(words) + "\tparse", [] {},
          [&] { static_cast<void>(quarry::text::parse_statements(text)); }, 2);
    }
}
