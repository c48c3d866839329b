#include <charconv>
#include <cmath>
#include <limits>

#include <quarry/dialects/base/emitter.hpp>

// Values: everything that may stand in an expression.
namespace quarry::dialect {

namespace {

// and(x), or(x) and coalesce(x) are x, and so is what is read as a value of another type.
bool same_as_its_argument(const node& expression) {
  if (expression.is(QUARRY_KIND_READ_AS)) return true;
  if (!expression.is(QUARRY_KIND_OP) || expression.child_count() != 1) return false;
  std::uint32_t code = expression.b();
  return code == QUARRY_OP_AND || code == QUARRY_OP_OR || code == QUARRY_OP_COALESCE || code == QUARRY_OP_GREATEST ||
      code == QUARRY_OP_LEAST;
}

}  // namespace

// Iterative, because binds() and value() both ask: recursion here would multiply.
node emitter::simplest(const node& expression) const {
  node simple = expression;
  for (int steps = 0; same_as_its_argument(simple); ++steps) {
    if (steps > 1000) expression.broken("the statement is nested too deeply");
    simple = simple.required(0);
  }
  return simple;
}

level emitter::binds(const node& expression) {
  node simple = simplest(expression);
  switch (simple.kind()) {
    case QUARRY_KIND_LITERAL: {
      literal_node literal(simple);
      if (literal.null()) return level::tight;
      if (simple.type_code() == QUARRY_TYPE_BOOLEAN) return boolean_level();
      if (simple.type_code() == QUARRY_TYPE_FLOAT64) return std::signbit(literal.real()) ? level::sign : level::tight;
      if (literal.integer() == std::numeric_limits<std::int64_t>::min()) return level::sum;
      return literal.integer() < 0 ? level::sign : level::tight;
    }
    case QUARRY_KIND_OP: {
      op_node op(simple);
      if ((op.code() == QUARRY_OP_AND || op.code() == QUARRY_OP_OR) && op.args().empty()) return boolean_level();
      if (op.code() == QUARRY_OP_IN_LIST) return op.args().size() < 2 ? boolean_level() : level::comparison;
      if (op.code() == QUARRY_OP_NOT && op.child_count() == 1) {
        node operand = simplest(op.args()[0]);
        if (operand.is(QUARRY_KIND_IN_QUERY)) return level::comparison;
        if (operand.is(QUARRY_KIND_OP) && operand.b() == QUARRY_OP_IN_LIST && operand.child_count() > 1)
          return level::comparison;
      }
      return words(op).binds;
    }
    case QUARRY_KIND_IN_QUERY: return level::comparison;
    case QUARRY_KIND_COLLATE: return level::other;
    case QUARRY_KIND_CAST: return cast_level(cast_node(simple));
    case QUARRY_KIND_JSON_PATH: return json_path_level(json_path_node(simple));
    case QUARRY_KIND_RAW: return level::loose;
    default: return level::tight;
  }
}

void emitter::value(const node& expression, level needed) {
  nesting guard(*this, expression);
  node simple = simplest(expression);
  bool parentheses = needed != level::loose && binds(simple) < needed;
  if (parentheses) write("(");
  this->expression(simple);
  if (parentheses) write(")");
}

void emitter::expression(const node& expression) {
  switch (expression.kind()) {
    case QUARRY_KIND_LITERAL: literal(literal_node(expression)); break;
    case QUARRY_KIND_OP: op(op_node(expression)); break;
    case QUARRY_KIND_CALL: {
      call_node call(expression);
      function_name(expression, call.function());
      write("(");
      separated(call.args());
      write(")");
      break;
    }
    case QUARRY_KIND_COLLATE: collate(collate_node(expression)); break;
    case QUARRY_KIND_ROW: {
      tail items = row_node(expression).items();
      if (items.empty()) expression.broken("a row is empty");
      write("(");
      separated(items);
      write(")");
      break;
    }
    case QUARRY_KIND_RAW: raw(raw_node(expression)); break;
    case QUARRY_KIND_CASE_WHEN: case_when(case_node(expression)); break;
    case QUARRY_KIND_CAST: cast(cast_node(expression)); break;
    case QUARRY_KIND_AGGREGATE: aggregate(aggregate_node(expression)); break;
    case QUARRY_KIND_WINDOW_CALL: window_call(window_call_node(expression)); break;
    case QUARRY_KIND_EXISTS:
      write("EXISTS ");
      subquery(exists_node(expression).query());
      break;
    case QUARRY_KIND_SCALAR_OF: subquery(scalar_of_node(expression).query()); break;
    case QUARRY_KIND_IN_QUERY: {
      in_query_node in(expression);
      value(in.operand(), level::other);
      write(" IN ");
      subquery(in.query());
      break;
    }
    case QUARRY_KIND_JSON_PATH: json_path(json_path_node(expression)); break;
    case QUARRY_KIND_BIND: {
      std::uint32_t slot = bind_node(expression).slot();
      const quarry_type& type = source().type(source().slot(slot, expression.id()).type, expression.id());
      placeholder(out_.bind(slot), type);
      break;
    }
    case QUARRY_KIND_NAME_REF: {
      name_ref_node ref(expression);
      if (ref.qualified()) {
        identifier(expression, ref.qualifier());
        write(".");
      }
      identifier(expression, ref.name());
      break;
    }
    case QUARRY_KIND_DEFAULT_VALUE: default_value(expression); break;
    default: expression.broken("a value is expected here");
  }
}

// ---------------------------------------------------------------- literals and binds

void emitter::placeholder(std::uint32_t, const quarry_type&) { write("?"); }

void emitter::number(std::int64_t value) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  write({digits, static_cast<std::size_t>(end - digits)});
}

void emitter::boolean(bool value) { write(value ? "TRUE" : "FALSE"); }

void emitter::literal(const literal_node& literal) {
  if (literal.null()) {
    write("NULL");
    return;
  }
  std::uint32_t type = literal.type_code();
  switch (type) {
    case QUARRY_TYPE_BOOLEAN: boolean(literal.integer() != 0); break;
    case QUARRY_TYPE_FLOAT64: float_literal(literal, literal.real()); break;
    case QUARRY_TYPE_DURATION: duration_literal(literal, literal.integer()); break;
    case QUARRY_TYPE_INT16:
    case QUARRY_TYPE_INT32:
    case QUARRY_TYPE_INT64:
    case QUARRY_TYPE_DECIMAL: integer_literal(literal.integer()); break;
    default: literal.broken("a literal is NULL, a boolean or a number");
  }
}

void emitter::integer_literal(std::int64_t value) {
  if (value == std::numeric_limits<std::int64_t>::min()) {
    write("-9223372036854775807 - 1");  // its digits alone are no 64-bit number
  } else {
    number(value);
  }
}

void emitter::duration_literal(const node&, std::int64_t micros) { integer_literal(micros); }

void emitter::float_literal(const node& literal, double value) {
  if (!std::isfinite(value)) refuse(literal, "a number that is not finite");
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  std::string_view text(digits, static_cast<std::size_t>(end - digits));
  write(text);
  if (text.find_first_of(".e") == std::string_view::npos) write(".0");
}

// ---------------------------------------------------------------- operations

spelling emitter::words(const op_node& op) { return standard_spelling(op.code()); }

void emitter::op(const op_node& op) {
  tail args = op.args();
  switch (op.code()) {
    case QUARRY_OP_AND:
    case QUARRY_OP_OR:
      if (!args.empty()) break;
      boolean(op.code() == QUARRY_OP_AND);
      return;
    case QUARRY_OP_NOT:
      if (args.size() == 1) {
        node operand = simplest(args[0]);
        if (operand.is(QUARRY_KIND_IN_QUERY)) {
          in_query_node in(operand);
          value(in.operand(), level::other);
          write(" NOT IN ");
          subquery(in.query());
          return;
        }
        if (operand.is(QUARRY_KIND_OP) && operand.b() == QUARRY_OP_IN_LIST && operand.child_count() > 1) {
          in_list(op_node(operand), true);
          return;
        }
      }
      break;
    case QUARRY_OP_IN_LIST: in_list(op, false); return;
    default: break;
  }
  if (std::string_view name = window_words(op); !name.empty()) {
    write(name);
    write("(");
    separated(args);
    write(")");
    return;
  }
  spelling how = words(op);
  if (how.text.empty()) refuse(op, "operation " + std::to_string(op.code()));
  spelled(how, args, op);
}

void emitter::in_list(const op_node& op, bool negated) {
  tail args = op.args();
  if (args.empty()) op.broken("there is nothing to look for");
  if (args.size() == 1) {
    boolean(negated);
    return;
  }
  value(args[0], level::other);
  write(negated ? " NOT IN (" : " IN (");
  separated({op, 1});
  write(")");
}

void emitter::spelled(const spelling& words, const tail& args, const node& user) {
  if (words.infix) {
    if (args.size() < 2) user.broken("an operation lacks arguments");
    bool first = true;
    for (node arg : args) {
      if (!first) write(words.text);
      value(arg, first ? words.left : words.right);
      first = false;
    }
    return;
  }
  std::string_view text = words.text;
  for (;;) {
    std::size_t mark = text.find_first_of("$@");
    write(text.substr(0, mark));
    if (mark == std::string_view::npos) return;
    bool tight = text[mark] == '@';
    char which = text[mark + 1];
    text.remove_prefix(mark + 2);
    if (which == '*') {
      separated(args);
    } else {
      auto index = static_cast<std::uint32_t>(which - '1');
      if (index >= args.size()) user.broken("an operation lacks arguments");
      value(args[index], tight ? level::tight : level::loose);
    }
  }
}

void emitter::collate(const collate_node& collate) {
  value(collate.operand(), level::tight);
  write(" COLLATE ");
  if (collate.collation_class() != QUARRY_COLLATION_NAMED) refuse(collate, "this collation");
  identifier(collate, collate.collation());
}

void emitter::raw(const raw_node& raw) {
  for (node piece : raw.pieces()) {
    if (piece.is(QUARRY_KIND_RAW_TEXT)) {
      write(raw_text_node(piece).text());
    } else {
      value(piece);
    }
  }
}

void emitter::case_when(const case_node& expression) {
  tail branches = expression.branches();
  if (branches.empty()) {  // no branch: the value is that of ELSE
    expression.otherwise() ? value(expression.otherwise(), level::tight) : write("NULL");
    return;
  }
  write("CASE");
  for (node branch : branches) {
    when_node when(branch);
    write(" WHEN ");
    value(when.condition());
    write(" THEN ");
    value(when.value());
  }
  if (node otherwise = expression.otherwise()) {
    write(" ELSE ");
    value(otherwise);
  }
  write(" END");
}

void emitter::cast(const cast_node& cast) {
  write("CAST(");
  value(cast.operand());
  write(" AS ");
  type_name(cast, cast.type());
  write(")");
}

void emitter::json_path(const json_path_node& path) { refuse(path, "a path into a JSON document"); }
void emitter::default_value(const node&) { write("DEFAULT"); }

// ---------------------------------------------------------------- aggregates and windows

std::string_view emitter::aggregate_words(const aggregate_node& aggregate) {
  return aggregate.code() < QUARRY_OP_ROW_NUMBER ? standard_function(aggregate.code()) : std::string_view();
}

std::string_view emitter::window_words(const op_node& function) {
  return function.code() >= QUARRY_OP_ROW_NUMBER ? standard_function(function.code()) : std::string_view();
}

void emitter::aggregate(const aggregate_node& aggregate) {
  std::string_view name = aggregate_words(aggregate);
  if (name.empty()) refuse(aggregate, "aggregate " + std::to_string(aggregate.code()));
  write(name);
  write("(");
  if (aggregate.code() == QUARRY_OP_COUNT_ROWS) {
    write("*");
  } else {
    if (aggregate.args().empty()) aggregate.broken("an aggregate lacks its argument");
    if (aggregate.distinct()) write("DISTINCT ");
    separated(aggregate.args());
    order_by(aggregate.order());
  }
  write(")");
  if (node condition = aggregate.condition()) {
    write(" FILTER (WHERE ");
    value(condition);
    write(")");
  }
}

void emitter::window_call(const window_call_node& call) {
  value(call.function(), level::tight);
  write(" OVER ");
  window(call.window());
}

void emitter::window(const node& window) {
  window_spec_node spec(window);
  if (spec.named() && !spec.partition() && !spec.order() && !spec.frame()) {
    identifier(window, spec.window_name());
    return;
  }
  write("(");
  if (spec.named()) {
    identifier(window, spec.window_name());
    write(spec.partition() || spec.order() || spec.frame() ? " " : "");
  }
  window_body(spec);
  write(")");
}

void emitter::window_body(const window_spec_node& spec) {
  bool something = false;
  if (node partition = spec.partition(); partition && !items_of(partition).empty()) {
    write("PARTITION BY ");
    separated(items_of(partition));
    something = true;
  }
  if (node order = spec.order(); order && !items_of(order).empty()) {
    write(something ? " ORDER BY " : "ORDER BY ");
    bool first = true;
    for (node item : items_of(order)) {
      if (!first) write(", ");
      first = false;
      order_item(order_item_node(item));
    }
    something = true;
  }
  if (node part = spec.frame()) {
    if (something) write(" ");
    frame(frame_node(part));
  }
}

void emitter::frame(const frame_node& frame) {
  switch (frame.unit()) {
    case QUARRY_FRAME_UNIT_ROWS: write("ROWS"); break;
    case QUARRY_FRAME_UNIT_RANGE: write("RANGE"); break;
    case QUARRY_FRAME_UNIT_GROUPS: write("GROUPS"); break;
    default: refuse(frame, "this unit of a frame");
  }
  write(" BETWEEN ");
  frame_bound(frame.start());
  write(" AND ");
  frame_bound(frame.end());
  if (frame.exclude_current()) write(" EXCLUDE CURRENT ROW");
  if (frame.exclude_group()) write(" EXCLUDE GROUP");
  if (frame.exclude_ties()) write(" EXCLUDE TIES");
}

void emitter::frame_bound(const node& bound) {
  frame_bound_node edge(bound);
  switch (edge.edge()) {
    case QUARRY_FRAME_EDGE_UNBOUNDED_PRECEDING: write("UNBOUNDED PRECEDING"); break;
    case QUARRY_FRAME_EDGE_PRECEDING:
      value(edge.offset(), level::other);
      write(" PRECEDING");
      break;
    case QUARRY_FRAME_EDGE_CURRENT_ROW: write("CURRENT ROW"); break;
    case QUARRY_FRAME_EDGE_FOLLOWING:
      value(edge.offset(), level::other);
      write(" FOLLOWING");
      break;
    case QUARRY_FRAME_EDGE_UNBOUNDED_FOLLOWING: write("UNBOUNDED FOLLOWING"); break;
    default: refuse(bound, "this edge of a frame");
  }
}

}  // namespace quarry::dialect
