#include <quarry/ir/text/lexer.hpp>

#include <algorithm>
#include <charconv>

#include <quarry/ir/text/form.hpp>

namespace quarry::ir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back())) s.remove_suffix(1);
  return s;
}

}  // namespace

failure token_stream::fail(diag id, std::initializer_list<std::string_view> words, const token& at) const {
  failure f(id, words);
  f->source = source_;
  f->span = {at.offset, static_cast<std::uint32_t>(std::max<std::size_t>(1, at.text.size()))};
  return f;
}

result<token_stream> token_stream::of(std::string_view source, std::size_t begin, std::size_t end) {
  token_stream out;
  out.source_ = source;
  end = std::min(end, source.size());
  begin = std::min(begin, end);
  if (source.size() > max_text_size) return failure(diag::text_too_large, {std::to_string(max_text_size) + " bytes"});
  QUARRY_CHECK(out.scan(begin, end));
  token last;
  last.offset = static_cast<std::uint32_t>(end);
  out.tokens_.push_back(last);
  return out;
}

result<void> token_stream::scan(std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end;) {
    const char c = source_[i];
    if (is_blank(c)) {
      ++i;
      continue;
    }
    token t;
    t.offset = static_cast<std::uint32_t>(i);
    std::size_t stop = i + 1;
    if (c == ';') {
      stop = std::min(end, source_.find('\n', i));
      const std::string_view comment = trimmed(source_.substr(i + 1, stop - i - 1));
      if (!tokens_.empty() && tokens_.back().is('{') && comment.starts_with("stage ")) {
        t.kind = token_kind::stage;
        t.text = trimmed(comment.substr(6));
        tokens_.push_back(std::move(t));
      }
      i = stop;
      continue;
    }
    if (starts_name(c)) {
      t.kind = token_kind::name;
      while (stop < end && (starts_name(source_[stop]) || is_digit(source_[stop]))) ++stop;
    } else if (is_digit(c) || (c == '-' && stop < end && is_digit(source_[stop]))) {
      t.kind = token_kind::integer;
      while (stop < end && is_digit(source_[stop])) ++stop;
      if (stop + 1 < end && source_[stop] == '.' && is_digit(source_[stop + 1])) {
        t.kind = token_kind::real;
        for (++stop; stop < end && is_digit(source_[stop]);) ++stop;
      }
      std::size_t exponent = stop;
      if (exponent < end && source_[exponent] == 'e') {
        ++exponent;
        if (exponent < end && (source_[exponent] == '+' || source_[exponent] == '-')) ++exponent;
        if (exponent < end && is_digit(source_[exponent])) {
          t.kind = token_kind::real;
          for (stop = exponent; stop < end && is_digit(source_[stop]);) ++stop;
        }
      }
    } else if (c == '"') {
      t.kind = token_kind::string;
      for (;; ++stop) {
        if (stop >= end || source_[stop] == '\n') {
          t.text = source_.substr(i, stop - i);
          return fail(diag::syntax_error, {"a closing quote"}, t);
        }
        if (source_[stop] == '"') break;
        if (source_[stop] != '\\') {
          t.value += source_[stop];
          continue;
        }
        ++stop;
        const char escaped = stop < end ? source_[stop] : '\0';
        const int high = escaped == 'x' && stop + 2 < end ? hex_digit(source_[stop + 1]) : -1;
        const int low = high >= 0 ? hex_digit(source_[stop + 2]) : -1;
        if (escaped == '"' || escaped == '\\') {
          t.value += escaped;
        } else if (escaped == 'n') {
          t.value += '\n';
        } else if (low >= 0) {
          t.value += static_cast<char>(high * 16 + low);
          stop += 2;
        } else {
          t.offset = static_cast<std::uint32_t>(stop - 1);
          return fail(diag::syntax_error, {R"(one of the escapes \" \\ \n \xHH)"}, t);
        }
      }
      ++stop;
    } else {
      t.kind = token_kind::mark;
      if (c == '-' && stop < end && source_[stop] == '>') ++stop;
    }
    t.text = source_.substr(i, stop - i);
    tokens_.push_back(std::move(t));
    i = stop;
  }
  return {};
}

bool token_stream::take(char mark) noexcept {
  if (!peek().is(mark)) return false;
  next();
  return true;
}

bool token_stream::take(std::string_view word) noexcept {
  if (!next_is(word)) return false;
  next();
  return true;
}

result<void> token_stream::expect(char mark) {
  if (take(mark)) return {};
  const char text[] = {'\'', mark, '\''};
  return expected({text, 3});
}

result<void> token_stream::expect(std::string_view word) {
  if (take(word)) return {};
  return expected("'" + std::string(word) + "'");
}

result<std::string> token_stream::name(std::string_view what) {
  if (peek().kind == token_kind::name) return std::string(next().text);
  if (peek().kind == token_kind::string) return next().value;
  return expected(what);
}

result<std::int64_t> token_stream::integer(std::string_view what) {
  const token& t = peek();
  if (t.kind != token_kind::integer) return expected(what);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(t.text.data(), t.text.data() + t.text.size(), value);
  if (error != std::errc() || end != t.text.data() + t.text.size()) return fail(diag::integer_too_large, {}, t);
  next();
  return value;
}

result<std::uint32_t> token_stream::number(std::string_view what, std::uint32_t most) {
  const token at = peek();
  QUARRY_TRY(value, integer(what));
  if (value < 0 || value > std::int64_t{most})
    return fail(diag::syntax_error, {std::string(what) + " from 0 to " + std::to_string(most)}, at);
  return static_cast<std::uint32_t>(value);
}

}  // namespace quarry::ir
