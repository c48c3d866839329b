// The model classes of a file as they were read, before they become a catalog.
#pragma once

#include <string>
#include <vector>

#include <quarry/core/text/model_fields.hpp>

namespace quarry::text {

struct meta_data {
  bool abstract = false;
  std::string table;
  std::vector<std::string> ordering;
  std::vector<std::vector<std::string>> unique_together;
  std::string get_latest_by;
  std::string default_related_name;
  syntax::span ordering_span, unique_span;
};

/// A class of the file that is a model, abstract or not.
struct model_class {
  std::string name;
  syntax::span where;
  meta_data meta;
  std::vector<declared_field> fields;  ///< in Django's order: those of the bases first
  std::vector<std::string> managers;
  constants class_constants;
};

/// What the catalog would refuse too, but without knowing the place in the source. Throws refusal.
void check(const std::vector<model_class>& classes);

}  // namespace quarry::text
