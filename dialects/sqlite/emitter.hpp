#ifndef QUARRY_DIALECTS_SQLITE_EMITTER_HPP
#define QUARRY_DIALECTS_SQLITE_EMITTER_HPP

#include <quarry/dialects/base/emitter.hpp>
#include <quarry/dialects/sqlite/dialect.hpp>

namespace quarry::dialect::sqlite {

// Where SQLite differs from standard SQL. Functions named quarry_… are those that plugins/sqlite registers on its connections.
class emitter final : public quarry::dialect::emitter {
 public:
  emitter(const server& about, const quarry_tree& tree, const quarry_sink& sink)
      : quarry::dialect::emitter(tree, sink), about_(about) {}

 protected:
  void placeholder(std::uint32_t number, const quarry_type& type) override;
  spelling words(const op_node& op) override;
  std::string_view aggregate_words(const aggregate_node& aggregate) override;
  void type_name(const node& user, const quarry_type& type) override;
  std::string_view join_words(const joined_table_node& join) override;

  void op(const op_node& op) override;
  void in_list(const op_node& op, bool negated) override;
  void cast(const cast_node& cast) override;
  level cast_level(const cast_node& cast) const override;
  void collate(const collate_node& collate) override;
  void json_path(const json_path_node& path) override;
  level json_path_level(const json_path_node&) const override { return level::other; }
  void aggregate(const aggregate_node& aggregate) override;
  void order_item(const order_item_node& item) override;
  void limits(const node& limit, const node& offset) override;
  void lock(const lock_node& lock) override;
  void from_query(const from_query_node& from) override;
  void distinct_on(const node& keys) override;
  void set_words(const set_operation_node& set) override;
  void set_arm(const node& arm, bool right) override;
  void cte(const cte_node& cte) override;
  void select_where(const select_node& select) override;
  void insert(const insert_node& insert) override;
  void update(const update_node& update) override;
  void delete_(const delete_node& deletion) override;
  void returning(const node& returning) override;
  void default_value(const node& value) override;
  void column_def(const column_def_node& column) override;
  void constraint(const constraint_node& constraint) override;
  void explain(const explain_node& explain) override;
  void drop(const drop_node& drop) override;

 private:
  void function(std::string_view name, const node& argument);
  void json_parts(std::string_view name, const tail& parts);
  void string_agg(const aggregate_node& aggregate);

  const server& about_;
  std::uint32_t last_placeholder_ = 0;
  std::uint32_t before_conflict_ = QUARRY_NONE;  // the query that ends right before ON CONFLICT
};

}  // namespace quarry::dialect::sqlite

#endif
