// From an entry of the record to the sentence of events.def, in the user's words.
#pragma once

#include <string>
#include <string_view>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {

class sentences {
 public:
  sentences(const context& cx, const provenance& record) : cx_(cx), record_(record) {}

  std::string sentence(const provenance::entry& e) const;
  /// The words that the relation of an event was asked for by, where the event itself has none; empty where nothing was.
  path_words asked_by(const provenance::entry& e) const;
  /// Whether words of the user's became this condition.
  bool has_origin(any_id e) const { return origin_of(e) != nullptr; }
  /// The instance whose story it goes on with.
  std::uint32_t original(std::uint32_t instance) const;

 private:
  std::string slot(std::string_view name, const provenance::entry& e) const;
  std::string call(const provenance::asker& by) const;
  std::string model(const provenance::entry& e) const;
  std::string model_of(std::uint32_t instance) const;
  std::string relation(const provenance::entry& e) const;
  /// As the SQL names it, or by its model.
  std::string name_of_rows(std::uint32_t instance) const;
  std::string describe(any_id e) const;
  std::string column(any_id e) const;
  std::string operation(any_id e) const;
  const path_words* origin_of(any_id e) const;
  bool alike(any_id a, any_id b) const;
  std::uint32_t source(std::uint32_t instance) const;

  const context& cx_;
  const provenance& record_;
};

}  // namespace quarry::ir
