// Shows a syntax tree as nested lists, by a way of its own: unparse could share a mistake with the parser.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <quarry/core/text/parse.hpp>

namespace quarry::text::tests {

inline std::string outline(const syntax::tree& t, syntax::node_id id) {
  using syntax::kind;
  if (!id.present()) return "_";
  const auto list = [&](std::string head) {
    for (const syntax::node_id child : t.children(id)) head += (head.empty() ? "" : " ") + outline(t, child);
    return "(" + head + ")";
  };
  const std::string text(t.text(id));
  switch (t.what(id)) {
    case kind::none_literal: return "None";
    case kind::boolean: return t.as<syntax::boolean>(id).value ? "True" : "False";
    case kind::integer:
    case kind::floating:
    case kind::name: return text;
    case kind::string: return "'" + text + "'";
    case kind::bytes: return "b'" + text + "'";
    case kind::ellipsis: return "...";
    case kind::attribute: return list("." + text);
    case kind::call: return list("call");
    case kind::keyword_argument: return list(text + "=");
    case kind::star_argument: return list("*");
    case kind::double_star_argument: return list("**");
    case kind::subscript: return list("at");
    case kind::slice: return list("slice");
    case kind::list: return list("list");
    case kind::tuple: return list("tuple");
    case kind::set: return list("set");
    case kind::dict: return list("dict");
    case kind::dict_entry: return list("");
    case kind::unary:
    case kind::binary:
    case kind::comparison: return list(std::string(spelling(static_cast<syntax::op>(t.detail(id)))));
    case kind::expression_statement: return outline(t, t.children(id)[0]);
    case kind::assignment: return list("set!");
    case kind::import_statement: return list(t.detail(id) != 0 ? "from " + text : "import");
    case kind::import_name: return t.children(id).empty() ? text : list(text);
    case kind::class_definition: return list("class " + text);
    case kind::class_bases: return list("");
    case kind::definition: return "(def " + text + ")";
    case kind::statement_list: return list("");
  }
  return "?";
}

/// The statements one after the other, each in its outline; the message when the text is refused.
inline std::string outline(const ir::result<syntax::tree>& read) {
  if (!read) return "refused: " + read.error().message;
  std::string out;
  for (const syntax::node_id statement : read->statements())
    out += (out.empty() ? "" : "; ") + outline(*read, statement);
  return out;
}

inline std::string statements(std::string_view source) { return outline(parse_statements(source)); }
inline std::string models(std::string_view source) { return outline(parse_models(source)); }

/// The message, and the bytes that the caret points at.
struct refused {
  std::string message;
  std::string at;
  std::string suggestion;
  std::size_t offset = 0;
  friend bool operator==(const refused&, const refused&) = default;
};

inline refused refusal_of(const ir::result<syntax::tree>& read, std::string_view source) {
  if (read) return {"(accepted)", "", "", 0};
  const ir::diagnostic& d = read.error();
  EXPECT_EQ(d.source, source);
  if (!d.span.present()) return {d.message, "", d.suggestion, 0};
  EXPECT_LE(d.span.offset + d.span.size, source.size());
  return {d.message, std::string(source.substr(d.span.offset, d.span.size)), d.suggestion, d.span.offset};
}

inline refused refusal_of(std::string_view source) { return refusal_of(parse_statements(source), source); }
inline refused models_refusal_of(std::string_view source) { return refusal_of(parse_models(source), source); }

}  // namespace quarry::text::tests
