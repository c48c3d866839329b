#ifndef QUARRY_DIALECTS_BASE_FACTS_BUILDER_HPP
#define QUARRY_DIALECTS_BASE_FACTS_BUILDER_HPP

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect {

// The arrays and texts behind a quarry_facts. Movable: what the record points at stays where it is.
class facts_record {
 public:
  facts_record() = default;
  facts_record(facts_record&&) noexcept = default;
  facts_record& operator=(facts_record&&) noexcept = default;
  facts_record(const facts_record&) = delete;
  facts_record& operator=(const facts_record&) = delete;

  // Lives as long as this object.
  quarry_facts record() const noexcept;

  bool kind(std::uint32_t number) const noexcept { return number < kinds_.size() && kinds_[number] != 0; }
  bool op(std::uint32_t number) const noexcept { return number < ops_.size() && ops_[number] != 0; }
  bool type(std::uint32_t number) const noexcept { return number < types_.size() && types_[number] != 0; }

 private:
  friend class facts_builder;
  std::vector<quarry_fact_value> facts_;
  std::vector<std::uint8_t> kinds_;
  std::vector<std::uint8_t> ops_;
  std::vector<std::uint8_t> types_;
  std::vector<char> product_;
  std::vector<char> version_;
};

// Collects what a dialect can do. Nothing is legal until it is said.
class facts_builder {
 public:
  facts_builder(std::string_view product, std::string_view version);

  facts_builder& fact(std::uint32_t number, std::int64_t value);
  facts_builder& kinds(std::initializer_list<std::uint32_t> numbers) { return set(built_.kinds_, numbers, 1); }
  facts_builder& ops(std::initializer_list<std::uint32_t> numbers) { return set(built_.ops_, numbers, 1); }
  facts_builder& types(std::initializer_list<std::uint32_t> numbers) { return set(built_.types_, numbers, 1); }
  facts_builder& all_kinds_but(std::initializer_list<std::uint32_t> numbers);
  facts_builder& all_ops_but(std::initializer_list<std::uint32_t> numbers);
  facts_builder& all_types_but(std::initializer_list<std::uint32_t> numbers);
  // When the condition is false, these are illegal after all.
  facts_builder& only_if(bool condition, std::initializer_list<std::uint32_t> ops);
  facts_builder& kinds_only_if(bool condition, std::initializer_list<std::uint32_t> kinds);

  facts_record build() { return std::move(built_); }

 private:
  facts_builder& set(std::vector<std::uint8_t>& where, std::initializer_list<std::uint32_t> numbers, std::uint8_t to);
  facts_record built_;
};

}  // namespace quarry::dialect

#endif
