#ifndef QUARRY_TESTS_SUPPORT_TREE_BUILDER_HPP
#define QUARRY_TESTS_SUPPORT_TREE_BUILDER_HPP

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/plugins/abi/quarry_plugin.h>

// Builds trees of the SQL stage by hand, as a host would hand them to a plugin, and catches what a plugin writes.
namespace quarry::test {

inline quarry_type plain(std::uint32_t type, bool nullable = false) {
  return {static_cast<std::uint16_t>(type), static_cast<std::uint8_t>(nullable), 0, 0, 0, 0, 0, 0};
}
inline quarry_type text_type(std::uint32_t length = 0, bool nullable = false) {
  return {QUARRY_TYPE_TEXT, static_cast<std::uint8_t>(nullable), QUARRY_COLLATION_CODE_POINT, length, 0, 0, 0, 0};
}
inline quarry_type decimal_type(std::uint16_t precision, std::uint16_t scale, bool nullable = false) {
  return {QUARRY_TYPE_DECIMAL, static_cast<std::uint8_t>(nullable), 0, 0, precision, scale, 0, 0};
}

// The words of a node; a symbol that is absent is QUARRY_NONE.
struct node_words {
  std::uint64_t a = QUARRY_NONE;
  std::uint32_t b = 0;
  std::uint16_t flags = 0;
  std::uint32_t type = QUARRY_NONE;
};

class tree_builder {
 public:
  using id = std::uint32_t;
  static constexpr id none = QUARRY_NONE;

  std::uint32_t symbol(std::string_view text);
  std::uint32_t type(const quarry_type& of);
  id make(std::uint32_t kind, const std::vector<id>& children = {}, const node_words& w = {});

  // Values.
  id null();
  id boolean(bool value);
  id integer(std::int64_t value, std::uint32_t type = QUARRY_TYPE_INT32);
  id real(double value);
  id bind(const quarry_type& of);  // a new slot
  id bind_again(id earlier);
  id column(std::string_view name, const quarry_type& of) { return column("", name, of); }
  id column(std::string_view table, std::string_view name, const quarry_type& of);
  id op(std::uint32_t code, const std::vector<id>& args, const quarry_type& of = plain(QUARRY_TYPE_BOOLEAN));
  id aggregate(std::uint32_t code, const std::vector<id>& args, const quarry_type& of, id condition = none,
               bool distinct = false, id order = none);
  id list(const std::vector<id>& items) { return make(QUARRY_KIND_LIST, items); }
  id row(const std::vector<id>& items) { return make(QUARRY_KIND_ROW, items); }
  id raw(const std::vector<id>& pieces) {
    return make(QUARRY_KIND_RAW, pieces, {.type = type(plain(QUARRY_TYPE_UNKNOWN, true))});
  }
  id raw_text(std::string_view text) { return make(QUARRY_KIND_RAW_TEXT, {}, {.a = symbol(text)}); }
  id call(std::string_view function, const std::vector<id>& args, const quarry_type& of);
  id cast(id operand, const quarry_type& to) { return make(QUARRY_KIND_CAST, {operand}, {.type = type(to)}); }

  // Pieces of statements.
  id name(std::string_view text) { return make(QUARRY_KIND_NAME, {}, {.a = symbol(text)}); }
  id names(const std::vector<std::string_view>& texts);
  id item(id value, std::string_view name = {});
  id order(id value, std::uint16_t flags = 0) { return make(QUARRY_KIND_ORDER_ITEM, {value}, {.flags = flags}); }
  id table(std::string_view table, std::string_view alias = {});
  id derived(id query, std::string_view alias, id columns = none);
  id join(std::uint32_t kind, id left, id right, id on = none) {
    return make(QUARRY_KIND_JOINED_TABLE, {left, right, on}, {.b = kind});
  }
  id assign(std::string_view column, id value) { return make(QUARRY_KIND_ASSIGNMENT, {value}, {.a = symbol(column)}); }
  id column_def(std::string_view name, const quarry_type& of, std::uint16_t flags = 0, id initial = none);

  struct select_parts {
    std::uint16_t flags = 0;
    id with = none, distinct_on = none, items = none, from = none, where = none, grouping = none, having = none,
       windows = none, order = none, limit = none, offset = none, lock = none;
  };
  id select(const select_parts& parts);
  // SELECT value FROM table, with no name for the value.
  id select_from(std::string_view table, const std::vector<id>& values, id where = none);

  // The whole, as the border wants it; valid until the builder changes.
  const quarry_tree& tree(id root);
  std::vector<quarry_node>& nodes() { return nodes_; }
  std::vector<std::uint32_t>& children() { return children_; }
  const std::vector<quarry_type>& types() const { return types_; }
  const std::vector<quarry_slot>& slots() const { return slots_; }

 private:
  std::vector<quarry_node> nodes_;
  std::vector<std::uint32_t> children_;
  std::vector<quarry_type> types_;
  std::deque<std::string> texts_;
  std::vector<quarry_str> names_;
  std::vector<quarry_slot> slots_;
  quarry_tree tree_{};
};

// A sink that keeps what it gets. reuse: a slot written twice has the same number.
class text_sink {
 public:
  explicit text_sink(bool reuse = true);
  text_sink(const text_sink&) = delete;
  text_sink& operator=(const text_sink&) = delete;

  const quarry_sink& raw() const { return sink_; }
  const std::string& text() const { return text_; }
  // The slot of each placeholder number, from 1.
  const std::vector<std::uint32_t>& slots() const { return slots_; }
  // Stops emit after so many calls.
  void stop_after(int calls) { left_ = calls; }

 private:
  static int write(void* self, const char* text, std::uint64_t size);
  static int bind(void* self, std::uint32_t slot, std::uint32_t* number);

  quarry_sink sink_{};
  bool reuse_;
  int left_ = -1;
  std::string text_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace quarry::test

#endif
