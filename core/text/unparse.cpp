#include <quarry/core/text/unparse.hpp>

#include <quarry/core/text/operators.hpp>
#include <quarry/core/text/utf8.hpp>

namespace quarry::text {
namespace {

using syntax::node_id;
using syntax::nodes;

class writer {
 public:
  explicit writer(const syntax::tree& t) : tree_(t) {}

  std::string take() { return std::move(out_); }

  void statements(nodes all, unsigned depth) {
    for (const node_id id : all) {
      out_.append(std::size_t{4} * depth, ' ');
      write(id, depth);
      out_ += '\n';
    }
  }

  void write(node_id id, unsigned depth = 0) {
    depth_ = depth;
    tree_.visit(id, [this](const auto& view) { put(view); });
  }

 private:
  // ---- literals and names
  void put(syntax::none_literal) { out_ += "None"; }
  void put(syntax::boolean b) { out_ += b.value ? "True" : "False"; }
  void put(syntax::integer i) { out_ += i.text; }
  void put(syntax::floating f) { out_ += f.text; }
  void put(syntax::string s) { quoted(s.value, false); }
  void put(syntax::bytes b) {
    out_ += 'b';
    quoted(b.value, true);
  }
  void put(syntax::ellipsis) { out_ += "..."; }
  void put(syntax::name n) { out_ += n.text; }

  // ---- expressions
  void put(syntax::attribute a) {
    object(a.object);
    out_ += '.';
    out_ += a.name;
  }
  void put(syntax::call c) {
    object(c.callee);
    bracketed('(', c.arguments, ')');
  }
  void put(syntax::keyword_argument k) {
    out_ += k.name;
    out_ += '=';
    write(k.value);
  }
  void put(syntax::star_argument s) {
    out_ += '*';
    write(s.value);
  }
  void put(syntax::double_star_argument s) {
    out_ += "**";
    write(s.value);
  }
  void put(syntax::subscript s) {
    object(s.object);
    out_ += '[';
    if (const auto several = tree_.try_as<syntax::tuple>(s.index); several && !several->items.empty())
      items(several->items);
    else write(s.index);
    out_ += ']';
  }
  void put(syntax::slice s) {
    if (s.lower.present()) write(s.lower);
    out_ += ':';
    if (s.upper.present()) write(s.upper);
    if (!s.step.present()) return;
    out_ += ':';
    write(s.step);
  }
  void put(syntax::list l) { bracketed('[', l.items, ']'); }
  void put(syntax::tuple t) {
    out_ += '(';
    items(t.items);
    out_ += ')';
  }
  void put(syntax::set s) { bracketed('{', s.items, '}'); }
  void put(syntax::dict d) { bracketed('{', d.entries, '}'); }
  void put(syntax::dict_entry e) {
    write(e.key);
    out_ += ": ";
    write(e.value);
  }
  void put(syntax::unary u) {
    out_ += spelling(u.sign);
    operand(u.operand, binding::sign);
  }
  void put(syntax::binary b) {
    const binding mine = binding_of(b.sign);
    const bool power = mine == binding::power;
    operand(b.left, power ? binding::primary : mine);
    infix(b.sign);
    operand(b.right, power ? binding::sign : tighter(mine));
  }
  void put(syntax::comparison c) {
    operand(c.left, tighter(binding::comparison));
    infix(c.sign);
    operand(c.right, tighter(binding::comparison));
  }

  // ---- statements
  void put(syntax::expression_statement s) { write(s.value, depth_); }
  void put(syntax::assignment a) {
    if (const auto several = tree_.try_as<syntax::tuple>(a.target)) items(several->items);
    else write(a.target);
    out_ += " = ";
    write(a.value);
  }
  void put(syntax::import_statement i) {
    if (i.is_from) {
      out_ += "from ";
      out_ += i.from_module;
      out_ += ' ';
    }
    out_ += "import ";
    list_of(i.names);
  }
  void put(syntax::import_name n) {
    out_ += n.name;
    if (!n.renamed) return;
    out_ += " as ";
    out_ += n.alias;
  }
  void put(syntax::class_definition c) {
    const unsigned depth = depth_;
    out_ += "class ";
    out_ += c.name;
    if (!c.bases.empty()) bracketed('(', c.bases, ')');
    out_ += ":\n";
    if (c.body.empty()) {
      out_.append(std::size_t{4} * (depth + 1), ' ');
      out_ += "pass";
    } else {
      statements(c.body, depth + 1);
      out_.pop_back();
    }
  }
  void put(syntax::class_bases b) { list_of(b.arguments); }
  void put(syntax::definition d) {
    out_ += "def ";
    out_ += d.name;
    out_ += "(): ...";
  }
  void put(syntax::statement_list l) { statements(l.statements, depth_); }

  // ---- parts
  void list_of(nodes all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) out_ += ", ";
      write(all[i]);
    }
  }
  /// With the comma that makes a tuple of one.
  void items(nodes all) {
    list_of(all);
    if (all.size() == 1) out_ += ',';
  }
  void bracketed(char open, nodes all, char close) {
    out_ += open;
    list_of(all);
    out_ += close;
  }
  void infix(syntax::op sign) {
    out_ += ' ';
    out_ += spelling(sign);
    out_ += ' ';
  }

  static binding tighter(binding b) { return static_cast<binding>(static_cast<std::uint8_t>(b) + 1); }

  binding binding_of_node(node_id id) const {
    switch (tree_.what(id)) {
      case syntax::kind::unary:
      case syntax::kind::binary:
      case syntax::kind::comparison: return binding_of(static_cast<syntax::op>(tree_.detail(id)));
      default: return binding::primary;
    }
  }
  /// In parentheses unless it binds at least as tightly as needed.
  void operand(node_id id, binding needed) {
    const bool alone = binding_of_node(id) >= needed;
    if (!alone) out_ += '(';
    write(id);
    if (!alone) out_ += ')';
  }
  /// What a '.', a call or a subscript may follow: a digit would swallow the '.'.
  void object(node_id id) {
    const bool number = tree_.is<syntax::integer>(id) || tree_.is<syntax::floating>(id);
    operand(id, number ? tighter(binding::primary) : binding::primary);
  }

  void quoted(std::string_view value, bool bytes) {
    out_ += '"';
    for (std::size_t at = 0; at < value.size();) {
      code_point read = bytes ? code_point{static_cast<unsigned char>(value[at]), 1} : decode_utf8(value, at);
      if (read.size == 0) read = {0xfffdU, 1};  // only in a tree that no parser made
      escaped(read.value, read.value == 0xfffdU ? "\xef\xbf\xbd" : value.substr(at, read.size), bytes);
      at += read.size;
    }
    out_ += '"';
  }
  void escaped(std::uint32_t c, std::string_view as_is, bool bytes) {
    switch (c) {
      case '"': out_ += "\\\""; return;
      case '\\': out_ += "\\\\"; return;
      case '\n': out_ += "\\n"; return;
      case '\r': out_ += "\\r"; return;
      case '\t': out_ += "\\t"; return;
      default: break;
    }
    if (c < 0x20U || c == 0x7fU || (bytes && c >= 0x80U) || (c >= 0x80U && c < 0xa0U)) hexadecimal("\\x", c, 2);
    else if (is_invisible(c)) hexadecimal("\\u", c, 4);
    else out_ += as_is;
  }
  /// Blanks of no width and marks that reorder what a reader sees.
  static bool is_invisible(std::uint32_t c) {
    return (c >= 0x200bU && c <= 0x200fU) || (c >= 0x2028U && c <= 0x202eU) || (c >= 0x2060U && c <= 0x206fU) ||
        c == 0xfeffU;
  }
  void hexadecimal(std::string_view mark, std::uint32_t c, unsigned digits) {
    out_ += mark;
    for (unsigned shift = digits * 4; shift > 0;) {
      shift -= 4;
      out_ += "0123456789abcdef"[c >> shift & 0xfU];
    }
  }

  const syntax::tree& tree_;
  std::string out_;
  unsigned depth_ = 0;
};

}  // namespace

std::string unparse(const syntax::tree& t) { return unparse(t, t.root()); }

std::string unparse(const syntax::tree& t, syntax::node_id id) {
  writer w(t);
  w.write(id);
  return w.take();
}

}  // namespace quarry::text
