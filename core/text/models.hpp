// A models.py as a catalog: classes with fields, foreign keys, Meta, managers, abstract bases.
//
// What does not matter to queries and tables (verbose names, validators, methods, …) is accepted and forgotten; what would
// change their meaning and is not understood is refused. Every diagnostic points into the source.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/model/catalog.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::text {

/// What a models file says of a model that the catalog has no place for.
struct model_notes {
  std::vector<std::string> managers;  ///< attributes of the class that start queries; "objects" where none is declared
  std::vector<std::string> auto_now;  ///< fields that every save() sets to the present
};

struct models_file {
  std::vector<ir::model_spec> models;  ///< abstract ones left out, their fields copied
  std::vector<model_notes> notes;  ///< one for each model
};

/// `app` is the label of the application: it names tables.
ir::result<models_file> read_models(std::string_view source, std::string_view app);

/// A catalog, with the notes of its first models; link models that it made itself have none.
struct model_set {
  std::shared_ptr<const ir::catalog> catalog;
  std::vector<model_notes> notes;
};
/// `extensions`: lookups and transforms that the program registers beside the models.
ir::result<model_set> load_models(std::string_view source, std::string_view app,
                                  std::vector<ir::extension> extensions = {});

/// The label that Django would use for a models file: the name of its folder ("blog" for "sites/blog/models.py").
std::string app_label(std::string_view path);

}  // namespace quarry::text
