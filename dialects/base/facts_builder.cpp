#include <quarry/dialects/base/facts_builder.hpp>

#include <algorithm>
#include <iterator>

namespace quarry::dialect {

namespace {

// The numbers that are in use; the gaps between the groups are not.
constexpr std::uint32_t kind_groups[][2] = {{QUARRY_KIND_LIST, QUARRY_KIND_READ_AS},
                                            {QUARRY_KIND_BIND, QUARRY_HIGHEST_KIND}};
constexpr std::uint32_t op_groups[][2] = {
    {QUARRY_OP_AND, QUARRY_OP_IS_TRUE},          {QUARRY_OP_EQ, QUARRY_OP_BETWEEN},
    {QUARRY_OP_CONTAINS, QUARRY_OP_REVERSE},     {QUARRY_OP_ADD, QUARRY_OP_ATAN2},
    {QUARRY_OP_YEAR, QUARRY_OP_TIME_DIFF},       {QUARRY_OP_COALESCE, QUARRY_OP_NOW},
    {QUARRY_OP_COUNT_ROWS, QUARRY_OP_ANY_VALUE}, {QUARRY_OP_ROW_NUMBER, QUARRY_OP_NTH_VALUE},
    {QUARRY_OP_ASIN, QUARRY_OP_DURATION_SCALE},  {QUARRY_OP_GREATEST_NATIVE, QUARRY_OP_ROUND_NATIVE}};

void fill(std::vector<std::uint8_t>& where, std::uint32_t first, std::uint32_t last) {
  std::fill(where.begin() + first, where.begin() + last + 1, std::uint8_t{1});
}

quarry_str text_of(const std::vector<char>& text) noexcept { return {text.data(), text.size()}; }

}  // namespace

quarry_facts facts_record::record() const noexcept {
  quarry_facts facts{};
  facts.size = sizeof(quarry_facts);
  facts.facts = facts_.data();
  facts.fact_count = static_cast<std::uint32_t>(facts_.size());
  facts.fact_stride = sizeof(quarry_fact_value);
  facts.kinds = kinds_.data();
  facts.kind_count = static_cast<std::uint32_t>(kinds_.size());
  facts.ops = ops_.data();
  facts.op_count = static_cast<std::uint32_t>(ops_.size());
  facts.types = types_.data();
  facts.type_count = static_cast<std::uint32_t>(types_.size());
  facts.product = text_of(product_);
  facts.version = text_of(version_);
  return facts;
}

facts_builder::facts_builder(std::string_view product, std::string_view version) {
  built_.kinds_.assign(QUARRY_HIGHEST_KIND + 1, 0);
  built_.ops_.assign(QUARRY_HIGHEST_OP + 1, 0);
  built_.types_.assign(QUARRY_HIGHEST_TYPE + 1, 0);
  built_.product_.assign(product.begin(), product.end());
  built_.version_.assign(version.begin(), version.end());
}

facts_builder& facts_builder::fact(std::uint32_t number, std::int64_t value) {
  built_.facts_.push_back({number, 0, value});
  return *this;
}

facts_builder& facts_builder::set(std::vector<std::uint8_t>& where, std::initializer_list<std::uint32_t> numbers,
                                  std::uint8_t to) {
  for (std::uint32_t number : numbers) where.at(number) = to;
  return *this;
}

facts_builder& facts_builder::all_kinds_but(std::initializer_list<std::uint32_t> numbers) {
  for (auto [first, last] : kind_groups) fill(built_.kinds_, first, last);
  return set(built_.kinds_, numbers, 0);
}

facts_builder& facts_builder::all_ops_but(std::initializer_list<std::uint32_t> numbers) {
  for (auto [first, last] : op_groups) fill(built_.ops_, first, last);
  return set(built_.ops_, numbers, 0);
}

facts_builder& facts_builder::all_types_but(std::initializer_list<std::uint32_t> numbers) {
  fill(built_.types_, QUARRY_TYPE_UNKNOWN, QUARRY_HIGHEST_TYPE);
  return set(built_.types_, numbers, 0);
}

facts_builder& facts_builder::only_if(bool condition, std::initializer_list<std::uint32_t> ops) {
  return condition ? *this : set(built_.ops_, ops, 0);
}

facts_builder& facts_builder::kinds_only_if(bool condition, std::initializer_list<std::uint32_t> kinds) {
  return condition ? *this : set(built_.kinds_, kinds, 0);
}

}  // namespace quarry::dialect
