// The catalog: models, columns, relations and keys that queries are written against. Immutable once built.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <quarry/ir/model/extensions.hpp>
#include <quarry/ir/model/node.hpp>
#include <quarry/ir/support/interner.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

/// What a field holds when nobody gave it a value.
struct initial_value {
  enum class form : std::uint8_t { absent, null, integer, real, text, boolean, today, now, random_uuid };
  form what = form::absent;
  std::int64_t integer = 0;  ///< also the boolean
  double real = 0;
  std::string text;          ///< also decimals, dates and times in ISO form, and JSON
};

enum class relation_form : std::uint8_t { foreign_key, one_to_one, many_to_many };

// --- specifications: what front ends write down; plain data ---

struct relation_spec {
  relation_form form = relation_form::foreign_key;
  std::string target;              ///< model name, or "self"
  std::string to_field;            ///< field of the target; empty: its primary key
  std::string related_name;        ///< reverse attribute; empty: Django's default; ends with '+': none
  std::string
      related_query_name;  ///< reverse name in lookups; empty: related_name, else the model's name in lower case
  std::string through;             ///< many-to-many: an explicit link model
  bool symmetrical = true;         ///< many-to-many to self
  bool enforced = true;            ///< the database has the constraint
  bool deferrable = false;         ///< and may look at it as late as at commit
  code on_delete = referential_action::cascade;
};

struct field_spec {
  std::string name;
  std::string db_column;  ///< empty: Django's default
  ir::type type;          ///< of the column; ignored for relations except for nullability
  std::string
      collation;  ///< text: the database's name for what compares and sorts it; empty: ours. The type is then of a named one
  bool primary_key = false;
  bool generated = false;  ///< the database makes the key
  bool unique = false;
  bool indexed = false;
  initial_value initial;
  std::optional<relation_spec> relation;
};

struct model_spec {
  std::string name;
  std::string table;  ///< empty: <app>_<model in lower case>
  std::vector<field_spec> fields;
  std::vector<std::string> ordering;
  std::vector<std::vector<std::string>> unique_together;
  std::string get_latest_by;
};

// --- the built catalog ---

struct column {
  symbol name;  ///< as lookups and rows call it: "blog_id" for the foreign key blog
  symbol field;  ///< as the model declares it: "blog"
  symbol db_name;
  ir::type type;
  symbol collation;  ///< of a text with a named one; absent where the name is not known
  bool primary_key = false;
  bool generated = false;
  bool unique = false;
  bool indexed = false;
  std::uint32_t relation = none;  ///< index into model::relations, for the column of a foreign key
  initial_value initial;
};

/// One way from a model to another: forward, reverse or many-to-many.
struct relation {
  symbol name;  ///< in lookups
  symbol accessor;  ///< as an attribute; absent when there is none
  std::uint32_t target;  ///< model
  std::uint32_t local;  ///< column of this model
  std::uint32_t remote;  ///< column of the target
  relation_form form;
  bool forward;
  bool many;  ///< a row may have several
  bool nullable;  ///< a row may have none
  bool trusted;  ///< the database enforces that a key that is not NULL has its row
  bool deferrable;  ///< but perhaps not before commit: within a transaction the row may be missing
  std::uint32_t through = none;  ///< many-to-many: the link model
  std::uint32_t through_near = none;  ///< its column that refers to this model
  std::uint32_t through_far = none;  ///< its column that refers to the target
  std::uint32_t link_step = none;  ///< the relation of this model that leads to the link rows
  std::uint32_t far_step = none;  ///< the relation of the link model that leads on to the target
  code on_delete = referential_action::cascade;
};

struct model {
  symbol name;
  symbol table;
  std::string label;  ///< "blog.Entry"
  std::vector<column> columns;
  std::vector<relation> relations;
  std::uint32_t primary_key = none;  ///< column
  std::vector<std::string> ordering;
  std::vector<std::vector<std::uint32_t>> unique_together;
  std::string get_latest_by;
  bool automatic = false;  ///< made for a many-to-many field
};

class catalog {
 public:
  struct member {
    enum class form : std::uint8_t { absent, column, relation } what = form::absent;
    std::uint32_t index = none;
  };

  /// Builds the catalog of an application from what a front end wrote down. Names of tables and columns follow Django's rules.
  /// `extensions`: lookups and transforms of the application; their names and types are checked here.
  static result<std::shared_ptr<const catalog>> build(std::string_view app, std::vector<model_spec> models,
                                                      std::vector<extension> extensions = {});

  std::span<const model> models() const noexcept { return models_; }
  const model& at(std::uint32_t m) const noexcept { return models_[m]; }
  /// Index of the model with this name, or `none`.
  std::uint32_t find_model(std::string_view name) const noexcept;
  /// What `name` means on model `m`, in a lookup path: a column (also by attribute name and "pk") or a relation.
  member find(std::uint32_t m, std::string_view name) const noexcept;
  /// The registered lookup or transform of this name that works on values of this type, or null.
  const extension* find_extension(std::string_view name, scalar of) const noexcept;
  std::span<const extension> extensions() const noexcept { return extensions_; }
  std::string_view text(symbol s) const noexcept { return names_.text(s); }
  const interner& names() const noexcept { return names_; }
  /// Different for each catalog of this process: part of the plan key.
  std::uint64_t id() const noexcept { return id_; }
  std::string_view app() const noexcept { return app_; }
  /// Whether a column compares texts by a collation that is not ours.
  bool has_other_collations() const noexcept { return other_collations_; }

 private:
  friend class catalog_builder;
  catalog() = default;
  std::string app_;
  std::uint64_t id_ = 0;
  bool other_collations_ = false;
  interner names_;
  std::vector<model> models_;
  std::vector<extension> extensions_;
  std::unordered_map<std::uint64_t, member> members_;  // (model << 32 | symbol) -> member
};

/// Every name that a lookup path may use on a model, for suggestions and completion.
std::vector<std::string_view> member_names(const catalog& c, std::uint32_t m);

}  // namespace quarry::ir
