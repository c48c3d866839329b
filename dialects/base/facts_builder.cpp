#include <quarry/dialects/base/facts_builder.hpp>

#include <algorithm>
#include <iterator>

namespace quarry::dialect {

namespace {

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
#define QUARRY_LEGAL(number) built_.kinds_[number] = 1;
  QUARRY_FOR_EACH_KIND(QUARRY_LEGAL)
#undef QUARRY_LEGAL
  return set(built_.kinds_, numbers, 0);
}

facts_builder& facts_builder::all_ops_but(std::initializer_list<std::uint32_t> numbers) {
#define QUARRY_LEGAL(number) built_.ops_[number] = 1;
  QUARRY_FOR_EACH_OP(QUARRY_LEGAL)
#undef QUARRY_LEGAL
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
