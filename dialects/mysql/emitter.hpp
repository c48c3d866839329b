#ifndef QUARRY_DIALECTS_MYSQL_EMITTER_HPP
#define QUARRY_DIALECTS_MYSQL_EMITTER_HPP

#include <string_view>

#include <quarry/dialects/base/emitter.hpp>
#include <quarry/dialects/mysql/dialect.hpp>

namespace quarry::dialect::mysql {

// Where MariaDB and MySQL differ from standard SQL. Durations are whole microseconds there, UUIDs 32 hexadecimal digits, JSON
// documents texts. No text literal holds a backslash, so that the SQL means the same in every sql_mode.
class emitter final : public quarry::dialect::emitter {
 public:
  emitter(const server& about, const quarry_tree& tree, const quarry_sink& sink)
      : quarry::dialect::emitter(tree, sink), about_(about) {}

 protected:
  char quote() const override { return '`'; }
  void placeholder(std::uint32_t number, const quarry_type& type) override;
  spelling words(const op_node& op) override;
  std::string_view aggregate_words(const aggregate_node& aggregate) override;
  void type_name(const node& user, const quarry_type& type) override;

  void op(const op_node& op) override;
  void in_list(const op_node& op, bool negated) override;
  void cast(const cast_node& cast) override;
  level cast_level(const cast_node& cast) const override;
  void collate(const collate_node& collate) override;
  void json_path(const json_path_node& path) override;
  void aggregate(const aggregate_node& aggregate) override;
  void window_call(const window_call_node& call) override;
  void order_item(const order_item_node& item) override;
  void lock(const lock_node& lock) override;
  void from_query(const from_query_node& from) override;
  void distinct_on(const node& keys) override;
  std::string_view join_words(const joined_table_node& join) override;
  void set_words(const set_operation_node& set) override;
  void cte(const cte_node& cte) override;
  void frame(const frame_node& frame) override;
  void insert(const insert_node& insert) override;
  void conflict(const conflict_node& conflict) override;
  void explain(const explain_node& explain) override;
  void update(const update_node& update) override;
  void delete_(const delete_node& deletion) override;
  void returning(const node& returning) override;
  void column_collation(const column_def_node& column) override;
  void column_nullability(bool nullable) override;
  void generated_words(const column_def_node& column) override;
  void constraint(const constraint_node& constraint) override;
  void create_index(const create_index_node& index) override;
  void drop_constraint(const drop_constraint_node& removal) override;

 private:
  void call(std::string_view function, const node& argument, std::string_view after = ")");
  bool written_apart(const node& value);
  // The text with its case mapped by Unicode, then compared by code point.
  void case_mapped(std::string_view function, const node& text);
  // A path into a document as the database's own path text, made of binds by the database.
  void path_text(const tail& keys);
  // The text as a pattern of LIKE in which nothing is a wildcard but what stands before and after it.
  void like(const op_node& op, std::string_view word, std::string_view before, std::string_view after);

  // A value as a document. NULL stays NULL.
  void document_of(const node& of);
  // Whether a document comes before another.
  void document_order(const op_node& op);

  const server& about_;
};

}  // namespace quarry::dialect::mysql

#endif
