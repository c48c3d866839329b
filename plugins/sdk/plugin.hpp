#ifndef QUARRY_PLUGINS_SDK_PLUGIN_HPP
#define QUARRY_PLUGINS_SDK_PLUGIN_HPP

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <quarry/dialects/base/tree.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sdk/error.hpp>
#include <quarry/plugins/sdk/handle.hpp>
#include <quarry/plugins/sdk/url.hpp>

// A plugin in C++. Its author writes up to three classes and a description of them, and one line:
//
//   struct my_plugin {
//     using dialect = my_dialect;
//     using connection = my_connection;        // left out by a plugin that only writes SQL
//     static constexpr std::string_view name = "mydb", version = "1.0";
//   };
//   extern "C" const quarry_plugin* quarry_plugin_entry(uint32_t, uint32_t) { return quarry::plugin::table<my_plugin>(); }
//
// dialect       static dialect for_version(std::string_view);       a copyable or movable, immutable value
//               quarry_facts facts() const noexcept;                arrays that live as long as the dialect, moves included
//               void emit(const quarry_tree&, const quarry_sink&) const;
// connection    derives from quarry::plugin::handle
//               explicit connection(const quarry::plugin::url&);
//               dialect describe();
//               std::unique_ptr<statement, D> prepare(std::string_view sql, std::span<const quarry_type> binds,
//                                                     std::span<const quarry_type> results);    D: stateless
//               void begin(std::uint32_t mode); void commit(); void rollback();
//               optional: savepoint(n), release_savepoint(n), rollback_to(n), cancel(), ping(), bool idle(),
//                         prepare's pointer inspect(std::uint32_t what, std::string_view table)
// statement     derives from quarry::plugin::handle
//               outcome execute(std::span<const quarry_cell>); rows next(std::uint32_t most); void finish() noexcept;
//               optional: set_fetch_size(std::uint32_t), execute_many(many_rows&),
//                         std::span<const quarry_str> column_names()    texts that live until the next call on the statement
//
// Everything may throw: quarry::plugin::error for what the database says, anything else counts as QUARRY_ERROR_OTHER.
// Only cancel() may be called from another thread than the one that uses the connection.
namespace quarry::plugin {

struct outcome {
  std::int64_t rows_affected = -1;
  bool has_key = false;
  std::int64_t generated_key = 0;
};

// What next() found; the cells live until the next call on the statement. No row: the end.
struct rows {
  const quarry_cell* cells = nullptr;
  std::uint32_t count = 0;
};

// Names of columns as column_names() hands them out: the texts are kept here.
class column_names {
 public:
  void clear() noexcept {
    texts_.clear();
    views_.clear();
  }
  void add(std::string_view name) { texts_.emplace_back(name); }
  // All that were added; valid until the next change.
  std::span<const quarry_str> all() {
    views_.clear();
    for (const std::string& text : texts_) views_.push_back({text.data(), text.size()});
    return views_;
  }

 private:
  std::vector<std::string> texts_;
  std::vector<quarry_str> views_;
};

// The rows of an execute_many, and where their outcomes go.
class many_rows {
 public:
  many_rows(const quarry_cell* cells, std::uint32_t count, std::uint32_t width, quarry_outcome* outcomes,
            std::uint32_t* done) noexcept
      : cells_(cells), count_(count), width_(width), outcomes_(outcomes), done_(done) {}

  std::uint32_t count() const noexcept { return count_; }
  std::span<const quarry_cell> row(std::uint32_t index) const noexcept {
    return {cells_ + static_cast<std::size_t>(index) * width_, width_};
  }
  // To be called for each row, in order, once it is executed.
  void executed(const outcome& what) noexcept;

 private:
  const quarry_cell* cells_;
  std::uint32_t count_, width_;
  quarry_outcome* outcomes_;
  std::uint32_t* done_;
};

namespace detail {

inline quarry_outcome to_record(const outcome& what) noexcept {
  quarry_outcome record{};
  record.rows_affected = what.rows_affected;
  record.has_key = what.has_key ? 1 : 0;
  record.generated_key = what.generated_key;
  return record;
}

[[noreturn]] inline void missing(const char* what) {
  throw error(QUARRY_ERROR_CONTRACT, std::string(what) + " is missing");
}

template <class Plugin>
concept has_driver = requires { typename Plugin::connection; };

// --- dialect ---

template <class Plugin>
struct dialect_thunks {
  using dialect_type = typename Plugin::dialect;

  static const dialect_type* of(const quarry_dialect* raw) noexcept {
    return reinterpret_cast<const dialect_type*>(raw);
  }

  static void hand_over(std::unique_ptr<dialect_type> made, quarry_facts* facts, quarry_dialect** out) {
    if (facts == nullptr || out == nullptr) missing("a place for the dialect");
    hand_out(facts, made->facts());
    *out = reinterpret_cast<quarry_dialect*>(made.release());
  }

  static int describe_offline(quarry_str version, quarry_facts* facts, quarry_dialect** out, quarry_error* error) {
    return guarded(thread_errors(), error, [&] {
      hand_over(std::make_unique<dialect_type>(dialect_type::for_version(to_view(version))), facts, out);
    });
  }

  // The handle is shared by threads: an error's texts belong to the thread.
  static int emit(const quarry_dialect* raw, const quarry_tree* tree, const quarry_sink* sink, quarry_error* error) {
    return guarded(thread_errors(), error, [&] {
      if (raw == nullptr || tree == nullptr || sink == nullptr) missing("a dialect, tree or sink");
      if (sink->size < sizeof(quarry_sink) || sink->write == nullptr || sink->bind == nullptr)
        throw plugin::error(QUARRY_ERROR_CONTRACT, "the record of the sink is too small");
      of(raw)->emit(*tree, *sink);
    });
  }

  static void drop_dialect(quarry_dialect* raw) { delete reinterpret_cast<dialect_type*>(raw); }
};

// --- driver ---

template <class Plugin>
struct driver_thunks {
  using connection_type = typename Plugin::connection;
  using pointer = decltype(std::declval<connection_type&>().prepare(std::string_view(), std::span<const quarry_type>(),
                                                                    std::span<const quarry_type>()));
  using statement_type = typename pointer::element_type;
  using deleter = typename pointer::deleter_type;
  static_assert(std::derived_from<connection_type, handle>, "a connection derives from quarry::plugin::handle");
  static_assert(std::derived_from<statement_type, handle>, "a statement derives from quarry::plugin::handle");
  static_assert(std::is_empty_v<deleter>, "the pointer's deleter has no state, for drop gets the statement alone");

  static connection_type& of(quarry_connection* raw) noexcept { return *reinterpret_cast<connection_type*>(raw); }
  static statement_type& of(quarry_statement* raw) noexcept { return *reinterpret_cast<statement_type*>(raw); }

  // Runs f on the object behind a handle; the texts of an error stay with that handle.
  template <class Raw, class F>
  static int on(Raw* raw, quarry_error* error, F&& f) noexcept {
    if (raw == nullptr) return guarded(thread_errors(), error, [] { missing("a connection or statement"); });
    auto& object = of(raw);
    return guarded(handle_access::errors(object), error, [&] { f(object); });
  }

  static void hand_over(pointer made, quarry_statement** out) {
    if (out == nullptr) missing("a place for the statement");
    *out = reinterpret_cast<quarry_statement*>(made.release());
  }

  static int open(const quarry_url* where, quarry_connection** out, quarry_error* error) {
    return guarded(thread_errors(), error, [&] {
      if (where == nullptr || out == nullptr) missing("a URL or a place for the connection");
      auto made = std::make_unique<connection_type>(url(*where));
      *out = reinterpret_cast<quarry_connection*>(made.release());
    });
  }
  static void close(quarry_connection* raw) { delete reinterpret_cast<connection_type*>(raw); }

  static int describe(quarry_connection* raw, quarry_facts* facts, quarry_dialect** out, quarry_error* error) {
    return on(raw, error, [&](connection_type& c) {
      dialect_thunks<Plugin>::hand_over(std::make_unique<typename Plugin::dialect>(c.describe()), facts, out);
    });
  }

  static int prepare(quarry_connection* raw, quarry_str sql, const quarry_type* binds, std::uint32_t bind_count,
                     const quarry_type* results, std::uint32_t column_count, quarry_statement** out,
                     quarry_error* error) {
    return on(raw, error, [&](connection_type& c) {
      hand_over(c.prepare(to_view(sql), std::span(binds, bind_count), std::span(results, column_count)), out);
    });
  }

  static int execute(quarry_statement* raw, const quarry_cell* binds, std::uint32_t bind_count, quarry_outcome* out,
                     quarry_error* error) {
    return on(raw, error,
              [&](statement_type& s) { hand_out(out, to_record(s.execute(std::span(binds, bind_count)))); });
  }

  static int next(quarry_statement* raw, std::uint32_t most, const quarry_cell** cells, std::uint32_t* count,
                  quarry_error* error) {
    return on(raw, error, [&](statement_type& s) {
      rows found = s.next(most);
      *cells = found.cells;
      *count = found.count;
    });
  }

  static void finish(quarry_statement* raw) {
    if (raw != nullptr) of(raw).finish();
  }
  static void drop(quarry_statement* raw) { pointer(raw == nullptr ? nullptr : &of(raw)); }

  static int begin(quarry_connection* raw, std::uint32_t mode, quarry_error* error) {
    return on(raw, error, [&](connection_type& c) { c.begin(mode); });
  }
  static int commit(quarry_connection* raw, quarry_error* error) {
    return on(raw, error, [](connection_type& c) { c.commit(); });
  }
  static int rollback(quarry_connection* raw, quarry_error* error) {
    return on(raw, error, [](connection_type& c) { c.rollback(); });
  }

  static int savepoint(quarry_connection* raw, std::uint32_t number, quarry_error* error) {
    return on(raw, error, [&](auto& c) { c.savepoint(number); });
  }
  static int release_savepoint(quarry_connection* raw, std::uint32_t number, quarry_error* error) {
    return on(raw, error, [&](auto& c) { c.release_savepoint(number); });
  }
  static int rollback_to(quarry_connection* raw, std::uint32_t number, quarry_error* error) {
    return on(raw, error, [&](auto& c) { c.rollback_to(number); });
  }
  static int execute_many(quarry_statement* raw, const quarry_cell* cells, std::uint32_t row_count,
                          std::uint32_t bind_count, quarry_outcome* outcomes, std::uint32_t* done,
                          quarry_error* error) {
    if (done != nullptr) *done = 0;
    return on(raw, error, [&](auto& s) {
      many_rows all(cells, row_count, bind_count, outcomes, done);
      s.execute_many(all);
    });
  }
  static int set_fetch_size(quarry_statement* raw, std::uint32_t count, quarry_error* error) {
    return on(raw, error, [&](auto& s) { s.set_fetch_size(count); });
  }
  static int column_names(quarry_statement* raw, const quarry_str** names, std::uint32_t* count, quarry_error* error) {
    return on(raw, error, [&](auto& s) {
      const std::span<const quarry_str> found = s.column_names();
      *names = found.data();
      *count = static_cast<std::uint32_t>(found.size());
    });
  }
  // May run beside another call on this connection: nothing of the connection's own is written here.
  static int cancel(quarry_connection* raw, quarry_error* error) {
    return guarded(thread_errors(), error, [&] { of(raw).cancel(); });
  }
  static int ping(quarry_connection* raw, quarry_error* error) {
    return on(raw, error, [](auto& c) { c.ping(); });
  }
  static int inspect(quarry_connection* raw, std::uint32_t what, quarry_str table, quarry_statement** out,
                     quarry_error* error) {
    return on(raw, error, [&](auto& c) { hand_over(c.inspect(what, to_view(table)), out); });
  }
  static int idle(quarry_connection* raw, quarry_error* error) {
    return on(raw, error, [](auto& c) {
      if (!c.idle()) throw plugin::error(QUARRY_ERROR_OTHER, "the connection is in a transaction or reads rows");
    });
  }
};

template <class Plugin>
void add_driver(quarry_plugin& table) {
  using thunks = driver_thunks<Plugin>;
  using connection_type = typename thunks::connection_type;
  using statement_type = typename thunks::statement_type;
  table.open = thunks::open;
  table.close = thunks::close;
  table.describe = thunks::describe;
  table.prepare = thunks::prepare;
  table.execute = thunks::execute;
  table.next = thunks::next;
  table.finish = thunks::finish;
  table.drop = thunks::drop;
  table.begin = thunks::begin;
  table.commit = thunks::commit;
  table.rollback = thunks::rollback;
  if constexpr (requires(connection_type& c) {
                  c.savepoint(1u);
                  c.release_savepoint(1u);
                  c.rollback_to(1u);
                }) {
    table.savepoint = thunks::savepoint;
    table.release_savepoint = thunks::release_savepoint;
    table.rollback_to = thunks::rollback_to;
  }
  if constexpr (requires(statement_type& s, many_rows& r) { s.execute_many(r); })
    table.execute_many = thunks::execute_many;
  if constexpr (requires(statement_type& s) { s.set_fetch_size(1u); }) table.set_fetch_size = thunks::set_fetch_size;
  if constexpr (requires(statement_type& s) { s.column_names(); }) table.column_names = thunks::column_names;
  if constexpr (requires(connection_type& c) { c.cancel(); }) table.cancel = thunks::cancel;
  if constexpr (requires(connection_type& c) { c.ping(); }) table.ping = thunks::ping;
  if constexpr (requires(connection_type& c) { c.inspect(1u, std::string_view()); }) table.inspect = thunks::inspect;
  if constexpr (requires(connection_type& c) {
                  { c.idle() } -> std::convertible_to<bool>;
                })
    table.idle = thunks::idle;
}

template <class Plugin>
quarry_plugin make_table() {
  quarry_plugin table{};
  table.size = sizeof(quarry_plugin);
  table.magic = QUARRY_PLUGIN_MAGIC;
  table.major = QUARRY_ABI_MAJOR;
  table.minor = QUARRY_ABI_MINOR;
  table.highest_kind = QUARRY_HIGHEST_KIND;
  table.highest_op = QUARRY_HIGHEST_OP;
  table.highest_type = QUARRY_HIGHEST_TYPE;
  table.highest_fact = QUARRY_HIGHEST_FACT;
  table.highest_error = QUARRY_HIGHEST_ERROR;
  table.flags = QUARRY_PLUGIN_PLANS_CACHEABLE;
  table.name = to_str(Plugin::name);
  table.version = to_str(Plugin::version);
  table.describe_offline = dialect_thunks<Plugin>::describe_offline;
  table.emit = dialect_thunks<Plugin>::emit;
  table.drop_dialect = dialect_thunks<Plugin>::drop_dialect;
  if constexpr (has_driver<Plugin>) add_driver<Plugin>(table);
  return table;
}

}  // namespace detail

inline void many_rows::executed(const outcome& what) noexcept {
  std::uint32_t index = *done_;
  auto stride = outcomes_->size != 0 ? outcomes_->size : sizeof(quarry_outcome);
  auto at = reinterpret_cast<std::byte*>(outcomes_) + static_cast<std::size_t>(index) * stride;
  detail::hand_out(reinterpret_cast<quarry_outcome*>(at), detail::to_record(what));
  *done_ = index + 1;
}

// The table of a plugin. Says that texts may be cached: emit depends on nothing but its arguments.
template <class Plugin>
const quarry_plugin* table() noexcept {
  static const quarry_plugin made = detail::make_table<Plugin>();
  return &made;
}

}  // namespace quarry::plugin

#endif
