#include <quarry/plugins/host/connection.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <type_traits>

#include <quarry/plugins/host/url.hpp>

namespace quarry::host {
namespace detail {

/// What a connection and its statements share. Closes the connection with the last of them.
class connection_state {
 public:
  connection_state(plugin owner, quarry_connection* handle) noexcept : owner_(owner), handle_(handle) {}
  connection_state(const connection_state&) = delete;
  connection_state& operator=(const connection_state&) = delete;
  ~connection_state() { table().close(handle_); }

  const plugin& owner() const noexcept { return owner_; }
  const quarry_plugin& table() const noexcept { return owner_.table(); }
  quarry_connection* handle() const noexcept { return handle_; }

  bool lost() const noexcept { return lost_; }
  error_category last_error() const noexcept { return last_error_; }
  bool in_transaction = false;
  std::string product;  // once described
  std::string version;

  call_site site(std::string_view call) const noexcept { return {owner_.name(), product, version, call}; }

  /// `function(handle, arguments…, &error)`; remembers how it went. An absent function is not supported.
  template <class Function, class... Arguments>
  ir::result<void> call(std::string_view what, Function function, Arguments... arguments) {
    if (function == nullptr) {
      last_error_ = error_category::unsupported;
      return failed_call(site(what), QUARRY_UNSUPPORTED, fresh_error());
    }
    quarry_error error = fresh_error();
    const int status = function(arguments..., &error);
    last_error_ = category_of(status, error);
    if (last_error_ == error_category::none) return {};
    lost_ = lost_ || last_error_ == error_category::connection_lost;
    return failed_call(site(what), status, error);
  }

  ir::failure breach(std::string_view what) {
    last_error_ = error_category::contract;
    return bad_answer(owner_.name(), what);
  }

 private:
  plugin owner_;
  quarry_connection* handle_;
  bool lost_ = false;
  error_category last_error_ = error_category::none;
};

}  // namespace detail

namespace {

bool is_pointer_type(std::uint8_t type) noexcept {
  return type == QUARRY_TYPE_TEXT || type == QUARRY_TYPE_BYTES || type == QUARRY_TYPE_DECIMAL ||
      type == QUARRY_TYPE_JSON;
}

template <class Int>
bool fits(std::int64_t v) noexcept {
  return v >= std::numeric_limits<Int>::min() && v <= std::numeric_limits<Int>::max();
}

/// Types of which every value is good.
constexpr std::uint32_t free_types = 1U << QUARRY_TYPE_INT64 | 1U << QUARRY_TYPE_FLOAT64 | 1U << QUARRY_TYPE_DATE |
    1U << QUARRY_TYPE_TIME | 1U << QUARRY_TYPE_DATETIME | 1U << QUARRY_TYPE_DURATION;

/// What holds for most cells, without a look at the rest.
bool is_plainly_valid(const quarry_cell& c, std::uint8_t asked) noexcept {
  if (c.type != asked) return false;
  if ((free_types >> (asked & 31U) & 1U) != 0) return true;
  return asked == QUARRY_TYPE_INT32 ? fits<std::int32_t>(c.v.i) : asked == QUARRY_TYPE_TEXT && c.v.p != nullptr;
}

/// Is the cell what quarry_plugin.h says of its type, and the type that was asked for?
bool is_valid(const quarry_cell& c, std::uint8_t asked) noexcept {
  if (is_null(c)) return true;
  // Of a type that nobody knew before, the cell says its own.
  if (asked == QUARRY_TYPE_UNKNOWN)
    return c.type != QUARRY_TYPE_UNKNOWN && c.type <= QUARRY_HIGHEST_TYPE && is_valid(c, c.type);
  if (c.type != asked) return false;
  if (is_pointer_type(asked)) return c.v.p != nullptr || c.len == 0;
  switch (asked) {
    case QUARRY_TYPE_BOOLEAN: return c.v.i == 0 || c.v.i == 1;
    case QUARRY_TYPE_INT16: return fits<std::int16_t>(c.v.i);
    case QUARRY_TYPE_INT32: return fits<std::int32_t>(c.v.i);
    case QUARRY_TYPE_UUID: return c.v.p != nullptr && c.len == 16;
    case QUARRY_TYPE_ARRAY:
    case QUARRY_TYPE_UNKNOWN: return false;  // no result has such a value
    default: return true;
  }
}

std::string name_of_type(std::uint8_t type) {
  return type <= QUARRY_HIGHEST_TYPE ? std::string(ir::name_of(static_cast<ir::scalar>(type)))
                                     : "a type of number " + std::to_string(type);
}

/// Most statements have few binds and columns: their types need no allocation.
class type_list {
 public:
  explicit type_list(std::span<const ir::type> types) : size_(types.size()) {
    if (size_ > few_.size()) many_.resize(size_);
    quarry_type* to = data();
    for (const ir::type t : types) *to++ = to_c(t);
  }
  quarry_type* data() noexcept { return many_.empty() ? few_.data() : many_.data(); }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(size_); }
  std::span<const quarry_type> all() noexcept { return {data(), size_}; }

 private:
  std::size_t size_;
  std::array<quarry_type, 16> few_;
  std::vector<quarry_type> many_;
};

outcome from_c(const quarry_outcome& o) noexcept {
  return {o.rows_affected, o.has_key != 0 ? std::optional(o.generated_key) : std::nullopt};
}

/// An outcome for the plugin to fill, with room behind it for one with a longer record.
struct outcome_record {
  quarry_outcome outcome{};
  unsigned char spare[32] = {};
  outcome_record() noexcept {
    outcome.size = sizeof outcome;
    outcome.rows_affected = -1;
  }
};

constexpr quarry_type column_of(std::uint16_t type) noexcept {
  quarry_type t{};
  t.type = type;
  t.nullable = 1;
  return t;
}

/// The columns that quarry_plugin.h lists beside QUARRY_INSPECT_.
std::vector<quarry_type> columns_of(inspection what) {
  constexpr std::uint16_t text = QUARRY_TYPE_TEXT;
  constexpr std::uint16_t number = QUARRY_TYPE_INT64;
  constexpr std::uint16_t truth = QUARRY_TYPE_BOOLEAN;
  std::vector<std::uint16_t> types;
  switch (what) {
    case inspection::tables: types = {text, text, text}; break;
    case inspection::columns: types = {text, text, text, number, number, number, truth, text, text, truth}; break;
    case inspection::constraints: types = {text, text, number, number, text, text, text, number}; break;
    case inspection::indexes: types = {text, text, truth, number, text}; break;
  }
  std::vector<quarry_type> columns;
  columns.reserve(types.size());
  for (const std::uint16_t t : types) columns.push_back(column_of(t));
  return columns;
}

}  // namespace

// ---------------------------------------------------------------- statement

statement::statement(std::shared_ptr<detail::connection_state> state, quarry_statement* handle,
                     std::uint32_t bind_count, std::span<const quarry_type> columns)
    : state_(std::move(state)), handle_(handle), bind_count_(bind_count) {
  columns_.reserve(columns.size());
  for (const quarry_type& t : columns) columns_.push_back(static_cast<std::uint8_t>(t.type));
}

statement::~statement() {
  if (handle_ != nullptr) state_->table().drop(handle_);
}

void statement::swap(statement& other) noexcept {
  std::swap(state_, other.state_);
  std::swap(handle_, other.handle_);
  std::swap(bind_count_, other.bind_count_);
  std::swap(columns_, other.columns_);
}

ir::result<outcome> statement::execute(std::span<const quarry_cell> binds) {
  if (binds.size() != bind_count_)
    return ir::failure{ir::diag::internal_error,
                       {"a statement got " + std::to_string(binds.size()) + " values for " +
                        std::to_string(bind_count_) + " placeholders"}};
  outcome_record record;
  QUARRY_CHECK(
      state_->call("a statement", state_->table().execute, handle_, binds.data(), bind_count_, &record.outcome));
  return from_c(record.outcome);
}

ir::result<void> statement::execute_many(std::span<const quarry_cell> rows, std::span<outcome> outcomes,
                                         std::uint32_t& done) {
  done = 0;
  if (rows.size() != outcomes.size() * bind_count_)
    return ir::failure{ir::diag::internal_error, {"a statement for several rows got another number of values"}};
  // A longer record would not fit into an array of ours; row by row it is as right, only slower.
  if (state_->table().execute_many == nullptr) return execute_each(rows, outcomes, done);
  const auto row_count = static_cast<std::uint32_t>(outcomes.size());
  std::vector<quarry_outcome> records(outcomes.size(), outcome_record().outcome);
  auto answer = state_->call("a statement for several rows", state_->table().execute_many, handle_, rows.data(),
                             row_count, bind_count_, records.data(), &done);
  if (done > row_count) {
    done = 0;
    return state_->breach("it executed more rows than there were");
  }
  std::transform(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(done), outcomes.begin(), from_c);
  if (answer && done != row_count) return state_->breach("it left rows out and reported no error");
  return answer;
}

ir::result<void> statement::execute_each(std::span<const quarry_cell> rows, std::span<outcome> outcomes,
                                         std::uint32_t& done) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    QUARRY_TRY(one, execute(rows.subspan(i * bind_count_, bind_count_)));
    outcomes[i] = one;
    ++done;
  }
  return {};
}

ir::result<row_batch> statement::next(std::uint32_t max_rows) {
  const quarry_cell* cells = nullptr;
  std::uint32_t rows = 0;
  QUARRY_CHECK(state_->call("the next row", state_->table().next, handle_, max_rows, &cells, &rows));
  if (rows > max_rows) return state_->breach("next gave more rows than were asked for");
  if (rows != 0 && cells == nullptr && !columns_.empty()) return state_->breach("next counts rows and gives none");
  const std::span<const std::uint8_t> asked(columns_);
  for (const quarry_cell *row = cells, *const end = cells + std::size_t{rows} * asked.size(); row != end;
       row += asked.size())
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (!is_plainly_valid(row[i], asked[i]) && !is_valid(row[i], asked[i])) return bad_cell(i, row[i]);
  return row_batch(cells, rows, column_count());
}

ir::failure statement::bad_cell(std::size_t column, const quarry_cell& cell) const {
  const std::uint8_t asked = columns_[column];
  return state_->breach("column " + std::to_string(column + 1) + " is to be " + name_of_type(asked) +
                        ", and next gave " + (cell.type == asked ? "a value that is none" : name_of_type(cell.type)));
}

void statement::finish() noexcept {
  if (handle_ != nullptr) state_->table().finish(handle_);
}

ir::result<std::vector<std::string>> statement::column_names() {
  const quarry_str* names = nullptr;
  std::uint32_t count = 0;
  QUARRY_CHECK(
      state_->call("the names of a statement's columns", state_->table().column_names, handle_, &names, &count));
  if (count != 0 && names == nullptr) return state_->breach("column_names counts names and gives none");
  std::vector<std::string> out;
  out.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (names[i].data == nullptr && names[i].size != 0) return state_->breach("column_names gave a name that is none");
    out.emplace_back(names[i].data == nullptr ? "" : names[i].data, names[i].size);
  }
  return out;
}

ir::result<void> statement::set_fetch_size(std::uint32_t rows) {
  if (state_->table().set_fetch_size == nullptr) return {};
  return state_->call("a fetch size", state_->table().set_fetch_size, handle_, rows);
}

// ---------------------------------------------------------------- connection

const host::plugin& connection::plugin() const noexcept { return state_->owner(); }

ir::result<dialect> connection::describe() {
  facts_record record;
  quarry_dialect* handle = nullptr;
  QUARRY_CHECK(state_->call("a description of its capabilities", state_->table().describe, state_->handle(),
                            &record.facts, &handle));
  auto described = make_dialect(dialect_handle(handle, {state_->owner()}), record.facts);
  if (described) {
    state_->product = described->facts().product;
    state_->version = described->facts().version;
  }
  return described;
}

ir::result<statement> connection::prepare(std::string_view sql, std::span<const ir::type> binds,
                                          std::span<const ir::type> columns) {
  type_list bind_types(binds);
  type_list column_types(columns);
  quarry_statement* handle = nullptr;
  QUARRY_CHECK(state_->call("a statement", state_->table().prepare, state_->handle(), to_c(sql), bind_types.data(),
                            bind_types.size(), column_types.data(), column_types.size(), &handle));
  if (handle == nullptr) return state_->breach("prepare gave no statement");
  return statement(state_, handle, bind_types.size(), column_types.all());
}

ir::result<statement> connection::inspect(inspection what, std::string_view table) {
  const std::vector<quarry_type> columns = columns_of(what);
  quarry_statement* handle = nullptr;
  QUARRY_CHECK(state_->call("an inspection of the schema", state_->table().inspect, state_->handle(),
                            static_cast<std::uint32_t>(what), to_c(table), &handle));
  if (handle == nullptr) return state_->breach("inspect gave no statement");
  return statement(state_, handle, 0, columns);
}

namespace {

/// As somebody is told that there is none: "a serializable read-only transaction".
std::string words_for(begin_mode mode) {
  const auto has = [&](begin_mode one) {
    return (static_cast<std::uint32_t>(mode) & static_cast<std::uint32_t>(one)) != 0;
  };
  std::string out = "a ";
  if (has(begin_mode::serializable)) out += "serializable ";
  else if (has(begin_mode::repeatable_read)) out += "repeatable-read ";
  else if (has(begin_mode::read_committed)) out += "read-committed ";
  if (has(begin_mode::read_only)) out += "read-only ";
  if (has(begin_mode::load)) out += "loading ";
  return out += "transaction";
}

}  // namespace

ir::result<void> connection::begin(begin_mode mode) {
  QUARRY_CHECK(
      state_->call(words_for(mode), state_->table().begin, state_->handle(), static_cast<std::uint32_t>(mode)));
  state_->in_transaction = true;
  return {};
}

ir::result<void> connection::commit() {
  QUARRY_CHECK(state_->call("a commit", state_->table().commit, state_->handle()));
  state_->in_transaction = false;
  return {};
}

ir::result<void> connection::rollback() {
  QUARRY_CHECK(state_->call("a rollback", state_->table().rollback, state_->handle()));
  state_->in_transaction = false;
  return {};
}

ir::result<void> connection::savepoint(std::uint32_t number) {
  return state_->call("a savepoint", state_->table().savepoint, state_->handle(), number);
}

ir::result<void> connection::release_savepoint(std::uint32_t number) {
  return state_->call("a savepoint", state_->table().release_savepoint, state_->handle(), number);
}

ir::result<void> connection::rollback_to(std::uint32_t number) {
  return state_->call("a savepoint", state_->table().rollback_to, state_->handle(), number);
}

// Runs beside a call of another thread: touches nothing of the shared state.
ir::result<void> connection::cancel() const {
  const call_site site{state_->owner().name(), {}, {}, "cancelling a statement"};
  quarry_error error = fresh_error();
  if (!can_cancel()) return failed_call(site, QUARRY_UNSUPPORTED, error);
  const int status = state_->table().cancel(state_->handle(), &error);
  if (status != QUARRY_OK) return failed_call(site, status, error);
  return {};
}

bool connection::can_cancel() const noexcept { return state_->table().cancel != nullptr; }

ir::result<void> connection::ping() {
  if (state_->table().ping == nullptr) return {};
  return state_->call("a sign of life", state_->table().ping, state_->handle());
}

bool connection::idle() {
  if (state_->lost()) return false;
  if (state_->table().idle == nullptr) return !state_->in_transaction;
  quarry_error error = fresh_error();
  return state_->table().idle(state_->handle(), &error) == QUARRY_OK;
}

bool connection::lost() const noexcept { return state_->lost(); }

error_category connection::last_error() const noexcept { return state_->last_error(); }

ir::result<connection> plugin::open(const url& u) const {
  if (!has_driver()) return ir::failure{ir::diag::plugin_offline_only, {name(), "open a database: it only writes SQL"}};
  const c_url address(u);
  quarry_connection* handle = nullptr;
  quarry_error error = fresh_error();
  const int status = table().open(address.get(), &handle, &error);
  if (status != QUARRY_OK) return failed_call({name(), {}, {}, "the database URL"}, status, error);
  if (handle == nullptr) return bad_answer(name(), "open gave no connection");
  return connection(std::make_shared<detail::connection_state>(*this, handle));
}

}  // namespace quarry::host
