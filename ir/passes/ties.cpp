#include <quarry/ir/passes/ties.hpp>

#include <array>

namespace quarry::ir {
namespace {

class tie_finder {
 public:
  tie_finder(pass_context& px, untied_rows& out, instance_set made) : cx_(px.cx()), out_(out), made_(made) {}

  rel_id without_ties(rel_id rel) {
    const node n = cx_.at(rel);
    if (n.kind == kind::filter) return filter(rel);
    if (n.kind != kind::join || n.b == join_kind::full) return rel;
    const rel_id old_left(cx_.child(rel, 0)), old_right(cx_.child(rel, 1));
    const any_id on = cx_.child(rel, 2);
    const bool both = n.b == join_kind::inner || n.b == join_kind::cross;
    const rel_id left = without_ties(old_left), right = both ? without_ties(old_right) : old_right;
    if (left == old_left && right == old_right) return rel;
    const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
    return rel_id(cx_.make(kind::join, n.flags, {}, children, 0, n.b));
  }

 private:
  rel_id filter(rel_id rel) {
    const rel_id old(cx_.child(rel, 0));
    const expr_id predicate(cx_.child(rel, 1));
    const rel_id input = without_ties(old);
    child_list local(cx_);
    bool changed = input != old;
    each_conjunct(cx_, predicate, [&](expr_id c) {
      if (is_volatile(cx_, c)) out_.fits = false;
      if (references(cx_, c).within(made_)) {
        local.add(c);
        return;
      }
      changed = true;
      out_.fits = out_.fits && !has_subquery(cx_, c);
      out_.ties.push_back(c);
    });
    return changed ? filtered(cx_, input, local.ids()) : rel;
  }

  context& cx_;
  untied_rows& out_;
  instance_set made_;
};

}  // namespace

untied_rows untie(pass_context& px, rel_id query) {
  context& cx = px.cx();
  untied_rows out;
  for (;;) {
    const node& n = cx.at(query);
    if (n.kind != kind::project && n.kind != kind::sort && (n.kind != kind::distinct || n.child_count > 1)) break;
    query = rel_id(cx.child(query, 0));
  }
  const instance_set made = instances_made(cx, query);
  out.fits = made.known();
  if (!out.fits) return out;
  out.rows = tie_finder(px, out, made).without_ties(query);
  out.fits = out.fits && references(cx, out.rows).empty();
  return out;
}

bool first_rows::read(const context& cx, rel_id query) {
  rel_id project;
  bool limited = false;
  for (;; query = rel_id(cx.child(query, 0))) {
    const node& n = cx.at(query);
    if (n.kind == kind::project && !project.present() && n.child_count == 2) {
      project = query;
    } else if (n.kind == kind::limit && !limited && !order.present()) {
      limited = true;
      count = expr_id(cx.child(query, 1));
      offset = expr_id(cx.child(query, 2));
    } else if (n.kind == kind::sort && !order.present() && project.present()) {
      order = query;
    } else {
      break;
    }
  }
  if (!project.present() || !limited) return false;
  rows = query;
  value = expr_id(cx.child(project, 1));
  return count.present() && cx.at(value).kind == kind::column;
}

}  // namespace quarry::ir
