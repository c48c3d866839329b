#include <quarry/ir/text/same_tree.hpp>

#include <map>
#include <set>

#include <quarry/ir/text/form.hpp>
#include <quarry/ir/text/print.hpp>

namespace quarry::ir {
namespace {

class comparison {
 public:
  comparison(const context& l, const context& r) : l_(l), r_(r) {}

  std::string run(any_id left, any_id right) {
    if (left.present() != right.present()) return "a child is missing on one side";
    if (!left.present() || !seen_.emplace(left.value, right.value).second) return {};
    const node& a = l_.at(left);
    const node& b = r_.at(right);
    const kind_info& k = info(a.kind);
    const auto differ = [&](const std::string& what) { return std::string(k.name) + ": " + what; };
    if (a.kind != b.kind) return differ("against " + std::string(info(b.kind).name));
    if (a.flags != b.flags) return differ("flags");
    if (a.type != b.type) return differ("the types " + print(a.type) + " and " + print(b.type));
    if (a.child_count != b.child_count) return differ("the number of children");
    for (const field_info& f : k.all_fields())
      if (is_word(f) &&
          !same_word(f, f.form == field_form::word_a ? a.a : a.b, f.form == field_form::word_a ? b.a : b.b))
        return differ(std::string(f.name));
    for (std::uint32_t i = 0; i < a.child_count; ++i)
      if (std::string below = run(l_.child(left, i), r_.child(right, i)); !below.empty()) return below;
    return {};
  }

 private:
  bool same_word(const field_info& f, std::uint64_t a, std::uint64_t b) {
    if (f.meaning == word::symbol) return (a == none) == (b == none) && text(l_, a) == text(r_, b);
    if (f.meaning == word::instance) return same_instance(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b));
    if (f.meaning == word::param) return a == b && same_param(static_cast<std::uint32_t>(a));
    return a == b;
  }

  static std::string_view text(const context& cx, std::uint64_t s) {
    return s == none ? std::string_view() : cx.text(symbol{static_cast<std::uint32_t>(s)});
  }

  /// Each instance of one side stands for one of the other, with the same columns.
  bool same_instance(std::uint32_t a, std::uint32_t b) {
    if (!forth_.emplace(a, b).second) return forth_[a] == b;
    if (!back_.emplace(b, a).second) return false;
    if (a >= l_.instance_count() || b >= r_.instance_count()) return a == b;
    const instance& x = l_.instance_at(a);
    const instance& y = r_.instance_at(b);
    if (x.model != y.model || x.null_extended != y.null_extended || x.count != y.count) return false;
    for (std::uint32_t i = 0; i < x.count; ++i) {
      const output& m = l_.outputs(a)[i];
      const output& n = r_.outputs(b)[i];
      if (m.type != n.type || m.name.present() != n.name.present() || l_.text(m.name) != r_.text(n.name)) return false;
    }
    return true;
  }

  bool same_param(std::uint32_t i) const {
    if (i >= l_.param_count() || i >= r_.param_count()) return i >= l_.param_count() && i >= r_.param_count();
    const param& a = l_.param_at(i);
    const param& b = r_.param_at(i);
    return a.what == b.what && a.given == b.given && a.truth == b.truth && a.calendar_year == b.calendar_year &&
        a.has_null == b.has_null && a.length == b.length &&
        (a.what != param::form::constant || l_.text(a.text) == r_.text(b.text));
  }

  const context& l_;
  const context& r_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen_;
  std::map<std::uint32_t, std::uint32_t> forth_, back_;
};

}  // namespace

std::string tree_difference(const context& left_context, any_id left, const context& right_context, any_id right) {
  return comparison(left_context, right_context).run(left, right);
}

}  // namespace quarry::ir
