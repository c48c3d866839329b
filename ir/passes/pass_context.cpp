// What passes tell who asks why: the way from a relation to the instance that the record knows it by.
#include <quarry/ir/passes/pass_context.hpp>

#include <algorithm>

#include <quarry/ir/passes/pipeline.hpp>

namespace quarry::ir {
namespace {

/// Of a join the rows that it joins; of what only filters, sorts or cuts rows those rows.
std::uint32_t subject_of(const context& cx, rel_id rel) {
  for (;;) {
    const node& n = cx.at(rel);
    if (const std::uint32_t own = instance_made(n); own != none) return own;
    if (input_count(n) == 0) return none;
    rel = n.kind == kind::join ? leading_relation(cx, rel_id(cx.child(rel, 1))) : rel_id(cx.child(rel, 0));
  }
}

/// Which rows are joined, and whether repeats are removed, is what people ask about.
bool concerns_joins(decline why) {
  const std::string_view name = all_declines()[static_cast<std::size_t>(why)].pass;
  return std::ranges::any_of(all_passes(),
                             [&](const pass_info& p) { return p.name == name && p.group == pass_class::relation; });
}

}  // namespace

void pass_context::tell_of(event what, rel_id about, any_id because, std::uint32_t number) {
  provenance::entry& e = cx_->why()->tell(what, subject_of(*cx_, about));
  e.because = because;
  e.number = number;
}

void pass_context::tell_stays(decline why, rel_id about) {
  const node& n = cx_->at(about);
  const bool plain_distinct = n.kind == kind::distinct && n.child_count == 1;
  if (plain_distinct || concerns_joins(why)) tell_of(event::stays, about, {}, static_cast<std::uint32_t>(why));
}

}  // namespace quarry::ir
