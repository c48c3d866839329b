// legalize-types, legalize-ops and legalize-rels: spellings by facts, one walk with the rule library, then a check that nothing illegal is
// left.
#include <quarry/ir/legalize/legalize.hpp>

#include <array>

#include <quarry/ir/legalize/rules.hpp>
#include <quarry/ir/legalize/select_former.hpp>
#include <quarry/ir/legalize/spellings.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

legalizer::legalizer() : former_(std::make_unique<select_former>()), spellings_(std::make_unique<spellings>()) {}
legalizer::~legalizer() = default;
legalizer::legalizer(legalizer&&) noexcept = default;
legalizer& legalizer::operator=(legalizer&&) noexcept = default;

namespace {

bool legal_type(const node& n, const facts& f) {
  return n.type.kind() == scalar::unknown || f.legal(n.type.kind()) || info(n.kind).sort != sort::expr;
}
bool legal_op(const node& n, const facts& f) {
  return (n.kind != kind::op && n.kind != kind::aggregate) || f.legal(static_cast<op>(n.b));
}
bool legal_kind(const node& n, const facts& f) { return !is_public(n.kind) || f.legal(n.kind); }

/// Names what the connection lacks, in words that a person can look up.
failure lacking(std::string_view what, const facts& f) {
  return failure(diag::not_supported_here, {what, f.product, f.version});
}

result<void> check(const node& n, const facts& f) {
  if (!legal_type(n, f)) return lacking(std::string("the type ") + std::string(name_of(n.type.kind())), f);
  if (!legal_op(n, f)) return lacking(info(static_cast<op>(n.b)).name, f);
  if (!legal_kind(n, f)) return lacking(info(n.kind).text, f);
  return {};
}

/// No rule applies and nothing is illegal in the whole context, the query's nodes and what they were made from: the common case,
/// found in one loop. False says nothing yet, for the node at fault may be no part of the query any more.
bool legal_as_it_is(context& cx, legalization_rules& rules, const facts& f) {
  const auto count = static_cast<std::uint32_t>(cx.node_count());
  for (std::uint32_t i = 0; i < count; ++i) {
    if (rules.apply({i}) != any_id{i}) return false;
    const node& n = cx.at({i});
    if (!legal_type(n, f) || !legal_op(n, f) || !legal_kind(n, f)) return false;
  }
  return !rules.take_problem();
}

}  // namespace

result<rel_id> legalizer::legalize(context& cx, rel_id logical, const facts& f, bool native) {
  logical = spellings_->choose(cx, logical, f);
  legalization_rules rules(cx, f, native);
  if (legal_as_it_is(cx, rules, f)) return logical;
  const any_id legal = rewriter_.run(cx, logical, [&](any_id id) { return rules.apply(id); });
  if (auto problem = rules.take_problem()) return std::move(*problem);
  // Only what is reachable counts: walk again over the result, each node once.
  result<void> ok;
  rewriter_.run(cx, legal, [&](any_id id) {
    if (ok) ok = check(cx.at(id), f);
    return id;
  });
  if (!ok) return ok.take_failure();
  return rel_id(legal);
}

result<statement> legalizer::form(context& cx, rel_id legal, const facts& f) { return former_->run(cx, legal, f); }

}  // namespace quarry::ir
