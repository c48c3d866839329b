#include "stages.hpp"

#include <stdexcept>
#include <string>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/lower/surface.hpp>
#include <quarry/plugins/host/registry.hpp>

#include "library.hpp"

namespace quarry::bench {
namespace {

using blog::Entry;

quarry_cell number(std::int64_t v, ir::scalar type) {
  quarry_cell c{};
  c.v.i = v;
  c.type = static_cast<std::uint8_t>(type);
  return c;
}
quarry_cell text(std::string_view v) {
  quarry_cell c{};
  c.v.p = v.data();
  c.len = static_cast<std::uint32_t>(v.size());
  c.type = static_cast<std::uint8_t>(ir::scalar::text);
  return c;
}

std::vector<quarry_cell> a_row() {
  using ir::scalar;
  return {number(1, scalar::int64),  number(1, scalar::int64),    text("New Lennon Biography in Paperback"),
          text("The biography."),    number(14031, scalar::date), number(14032, scalar::date),
          number(12, scalar::int32), number(3, scalar::int32),    number(5, scalar::int32)};
}

detail::chain many_conditions(int count) {
  Q<Entry> all = "rating__gt"_f = 0;
  for (int i = 1; i < count; ++i) all = all & ("rating__gt"_f = i);
  return make_query_set<Entry>(nullptr).filter(all).chain();
}

}  // namespace

std::string_view name_of(query q) noexcept {
  switch (q) {
    case query::pk_get: return "pk-get";
    case query::fk_filter: return "fk-filter";
    case query::three_relations: return "three-relations";
    case query::conditions_10: return "conditions-10";
    case query::conditions_100: return "conditions-100";
  }
  return "?";
}

std::string_view name_of(stage s) noexcept {
  switch (s) {
    case stage::chain: return "chain";
    case stage::hit: return "hit";
    case stage::surface: return "surface";
    case stage::to_related: return "to-related";
    case stage::to_logical: return "to-logical";
    case stage::passes: return "passes";
    case stage::legalize: return "legalize";
    case stage::form: return "form";
    case stage::tree_copy: return "tree-copy";
    case stage::emit: return "emit";
    case stage::bind: return "bind";
    case stage::decode: return "decode";
    case stage::cold: return "cold";
    case stage::warm: return "warm";
  }
  return "?";
}

host::dialect built_dialect() {
  const host::registry plugins(std::vector<std::string>{QUARRY_BENCH_PLUGIN_DIR});
  return unwrap(unwrap(plugins.find("sqlite")).describe_offline());
}

staged_query::staged_query(const host::dialect& dialect, query q)
    : query_(q), dialect_(dialect), compiler_(dialect, {}), chain_(make_chain()), row_(a_row()) {
  plan_ = unwrap(compiler_.plan_for(chain_));
}

detail::chain staged_query::make_chain() const {
  const query_set<Entry> entries = make_query_set<Entry>(nullptr);
  switch (query_) {
    case query::pk_get: return unwrap(detail::for_get(entries.filter("pk"_f = 1).chain()));
    case query::fk_filter:
      return entries.filter("blog__name"_f = "Beatles Blog", "rating__gt"_f = 3)
          .order_by("-pub_date")
          .slice(0, 5)
          .chain();
    case query::three_relations:
      return make_query_set<library::Book>(nullptr)
          .filter("publisher__city"_f = "Köln", "author__name__contains"_f = "Ada")
          .exclude("pages__lt"_f = 100)
          .order_by("publisher__name", "title")
          .slice(0, 10)
          .chain();
    case query::conditions_10: return many_conditions(10);
    case query::conditions_100: return many_conditions(100);
  }
  throw std::logic_error("no such query");
}

void staged_query::optimize() { optimized_ = passes_.run(context_, logical_); }
void staged_query::surface() {
  context_.reset(*chain_.catalog());
  surface_ = detail::to_surface(context_, chain_);
}
void staged_query::related() { related_ = unwrap(lowering_.to_related(context_, surface_, {})); }
void staged_query::logical() { logical_ = lowering_.to_logical(context_, related_); }
void staged_query::legal() { legal_ = unwrap(legalizer_.legalize(context_, optimized_, dialect_.facts(), false)); }
void staged_query::form() { statement_ = unwrap(legalizer_.form(context_, legal_, dialect_.facts())); }

void staged_query::prepare(stage s) {
  if (s == stage::cold) compiler_.cache().clear();
  if (s == stage::hit || s == stage::warm) plan_ = unwrap(compiler_.plan_for(chain_));
  if (s < stage::to_related || s > stage::emit) return;
  surface();
  if (s > stage::to_related) related();
  if (s > stage::to_logical) logical();
  if (s > stage::passes) optimize();
  if (s > stage::legalize) legal();
  if (s > stage::form) form();
}

void staged_query::run(stage s) {
  switch (s) {
    case stage::chain: (void)make_chain(); break;
    case stage::hit: (void)unwrap(compiler_.plan_for(chain_)); break;
    case stage::surface: surface(); break;
    case stage::to_related: related(); break;
    case stage::to_logical: logical(); break;
    case stage::passes: optimize(); break;
    case stage::legalize: legal(); break;
    case stage::form: form(); break;
    case stage::tree_copy: unwrap(emit_.tree.write(context_, statement_.root)); break;
    case stage::emit: unwrap(dialect_.emit(context_, statement_.root, emit_)); break;
    case stage::bind: unwrap(binds_.bind(*plan_, chain_)); break;
    case stage::decode: entry_ = detail::row_reader<Entry, Entry>::read_row(row_); break;
    case stage::cold: (void)unwrap(compiler_.plan_for(chain_)); break;
    case stage::warm: {
      const detail::chain made = make_chain();
      unwrap(binds_.bind(*unwrap(compiler_.plan_for(made)), made));
      break;
    }
  }
}

}  // namespace quarry::bench
