#ifndef QUARRY_DIALECTS_POSTGRESQL_EMITTER_HPP
#define QUARRY_DIALECTS_POSTGRESQL_EMITTER_HPP

#include <string_view>

#include <quarry/dialects/base/emitter.hpp>
#include <quarry/dialects/postgresql/dialect.hpp>

namespace quarry::dialect::postgresql {

// Patterns that map the case of a text by Unicode's simple mapping, whatever the collation of the database is.
struct case_mapping {
  std::string_view upper;
  std::string_view lower;
};

// Where PostgreSQL differs from standard SQL. Types are strict there: what the IR's type of an operation promises, a cast makes
// true where PostgreSQL's own result is of another type (a sum of bigint is numeric, EXTRACT is numeric, …), and counts that are
// 64 bits wide become the 32 bits that its functions take.
class emitter final : public quarry::dialect::emitter {
 public:
  emitter(const server& about, case_mapping mapping, const quarry_tree& tree, const quarry_sink& sink)
      : quarry::dialect::emitter(tree, sink), about_(about), case_(mapping) {}

 protected:
  void placeholder(std::uint32_t number, const quarry_type& type) override;
  spelling words(const op_node& op) override;
  std::string_view aggregate_words(const aggregate_node& aggregate) override;
  void type_name(const node& user, const quarry_type& type) override;

  void op(const op_node& op) override;
  void cast(const cast_node& cast) override;
  level cast_level(const cast_node& cast) const override;
  void collate(const collate_node& collate) override;
  void select(const select_node& select) override;
  void unnamed_item(const node& value) override;
  void json_path(const json_path_node& path) override;
  void aggregate(const aggregate_node& aggregate) override;
  void window_call(const window_call_node& call) override;
  void duration_literal(const node& literal, std::int64_t micros) override;
  void column_collation(const column_def_node& column) override;
  void restart_key(const restart_key_node& restart) override;

 private:
  // A name as a text of SQL: its own quotes, and around them those of a text.
  void name_as_text(const node& user, std::string_view name, bool quoted);
  void as_type(std::string_view type, const node& value);
  // The arguments of a window function: distances are 32 bits wide.
  void window_arguments(const op_node& function);

  // The cast that makes an aggregate's type what the IR promises; empty where it is so by itself.
  std::string_view cast_of(const aggregate_node& aggregate) const;

  const server& about_;
  case_mapping case_;
  bool in_window_ = false;  // the aggregate that comes next has a window
  bool sorts_by_name_ = false;  // the select has a key that is a name alone
};

}  // namespace quarry::dialect::postgresql

#endif
