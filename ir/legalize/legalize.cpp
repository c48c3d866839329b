// legalize-types, legalize-ops and legalize-rels: one walk with the rule library, then a check that nothing illegal is left.
#include <quarry/ir/legalize/legalize.hpp>

#include <array>

#include <quarry/ir/legalize/rules.hpp>
#include <quarry/ir/legalize/select_former.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

legalizer::legalizer() : former_(std::make_unique<select_former>()) {}
legalizer::~legalizer() = default;
legalizer::legalizer(legalizer&&) noexcept = default;
legalizer& legalizer::operator=(legalizer&&) noexcept = default;

namespace {

/// Names what the connection lacks, in words that a person can look up.
failure lacking(std::string_view what, const facts& f) {
  return failure(diag::not_supported_here, {what, f.product, f.version});
}

result<void> check(const node& n, const facts& f) {
  if (n.type.kind() != scalar::unknown && info(n.kind).sort == sort::expr && !f.legal(n.type.kind()))
    return lacking(std::string("the type ") + std::string(name_of(n.type.kind())), f);
  const bool is_op = n.kind == kind::op || n.kind == kind::aggregate;
  if (is_op && !f.legal(static_cast<op>(n.b))) return lacking(info(static_cast<op>(n.b)).name, f);
  if (is_public(n.kind) && !f.legal(n.kind)) return lacking(info(n.kind).text, f);
  return {};
}

}  // namespace

result<rel_id> legalizer::legalize(context& cx, rel_id logical, const facts& f, bool native) {
  legalization_rules rules(cx, f, native);
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
