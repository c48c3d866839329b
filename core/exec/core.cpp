#include <quarry/core/exec/core.hpp>

#include <utility>

#include <quarry/core/errors.hpp>
#include <quarry/core/schema/ddl.hpp>

namespace quarry::detail {

// --- cursor ---

/// Is there another row?
bool cursor::refill() {
  if (ended_) return false;
  batch_ = source_->fetch(rows_);
  at_ = 0;
  if (rows_ != 0) return true;
  ended_ = true;
  source_.reset();
  return false;
}

// --- the database ---

ir::result<std::shared_ptr<database_core>> database_core::open(std::string_view url_text, compile_options options,
                                                               pool_options pool) {
  QUARRY_TRY(url, host::url::parse(url_text));
  std::shared_ptr<database_core> core(new database_core);
  QUARRY_TRY(plugin, core->registry_.find(url.scheme()));
  if (!plugin.has_driver()) return ir::failure(ir::diag::plugin_offline_only, {plugin.name(), "open connections"});
  QUARRY_TRY(first, plugin.open(url));
  QUARRY_TRY(dialect, first.describe());
  core->dialect_.emplace(std::move(dialect));
  core->compiler_ = std::make_unique<compiler>(*core->dialect_, options);
  const bool single = core->facts().has(ir::fact::private_database);
  core->pool_ = std::make_unique<connection_pool>([plugin, url] { return plugin.open(url); }, pool, single);
  core->pool_->adopt(std::move(first));
  return core;
}

void database_core::listen(statement_listener l) {
  auto made = l ? std::make_shared<const statement_listener>(std::move(l)) : nullptr;
  const std::lock_guard lock(mutex_);
  listener_ = std::move(made);
  listened_to_ = listener_ != nullptr;
}

void database_core::tell(std::string_view sql, std::span<const quarry_cell> binds) const {
  if (!listened_to_.load(std::memory_order_relaxed)) return;
  std::shared_ptr<const statement_listener> l;
  {
    const std::lock_guard lock(mutex_);
    l = listener_;
  }
  if (l) (*l)(sql, binds);
}

void database_core::enter_transaction() {
  const std::lock_guard lock(mutex_);
  ++transactions_[std::this_thread::get_id()];
  ++open_transactions_;
}

void database_core::leave_transaction() noexcept {
  const std::lock_guard lock(mutex_);
  const auto mine = transactions_.find(std::this_thread::get_id());
  if (mine == transactions_.end()) return;
  --open_transactions_;
  if (--mine->second == 0) transactions_.erase(mine);
}

bool database_core::in_transaction() const {
  if (open_transactions_.load(std::memory_order_relaxed) == 0) return false;  // one of this thread would be seen
  const std::lock_guard lock(mutex_);
  return transactions_.contains(std::this_thread::get_id());
}

// --- the block of a transaction ---

namespace {

/// Did the database itself report it? What a server refuses as unsupported has a code of that server.
bool from_the_database(const ir::diagnostic& d) noexcept {
  return ir::info(d.id).family == ir::diag_family::database || d.id == ir::diag::plugin_bad_answer ||
      !d.sqlstate.empty() || d.native_code != 0;
}

}  // namespace

void block_health::note(const ir::diagnostic& d) {
  if (!cause_ && from_the_database(d)) cause_ = d;
}

std::string block_health::cause_words() const {
  return "QRY" + std::to_string(static_cast<unsigned>(cause_->id)) + ": " + cause_->message;
}

// What the database said of the cause goes along.
void block_health::refuse(ir::diagnostic d) const {
  d.server_text = cause_->server_text;
  d.constraint = cause_->constraint;
  d.sqlstate = cause_->sqlstate;
  d.native_code = cause_->native_code;
  raise(std::move(d));
}

void block_health::check(std::string_view what) const {
  if (cause_) refuse(ir::make_diagnostic(ir::diag::transaction_broken, {what, cause_words()}));
}

void block_health::check_at_end() const {
  if (cause_) refuse(ir::make_diagnostic(ir::diag::transaction_undone, {cause_words()}));
}

// --- running plans ---

namespace {

constexpr std::uint32_t batch_rows = 256;

class statement_rows final : public cursor::source {
 public:
  /// `of`: the plan that the statement is kept for when its rows are read; null: it is given back to the plugin. `block`: of the
  /// transaction that the rows are read in.
  statement_rows(std::shared_ptr<database_core> core, held_connection where, host::statement s, std::uint32_t columns,
                 std::shared_ptr<const plan> of, std::shared_ptr<block_health> block)
      : core_(std::move(core)),
        where_(std::move(where)),
        of_(std::move(of)),
        statement_(std::move(s)),
        columns_(columns),
        block_(std::move(block)) {}
  statement_rows(const statement_rows&) = delete;
  statement_rows& operator=(const statement_rows&) = delete;
  ~statement_rows() override {
    if (!of_ || failed_) return;
    statement_.finish();
    where_->statements().keep(std::move(of_), std::move(statement_));
  }
  std::span<const quarry_cell> fetch(std::uint32_t& rows) override {
    if (block_) block_->check("reading more rows");
    failed_ = true;
    auto batch = statement_.next(batch_rows);
    if (!batch && block_) block_->note(batch.error());
    const host::row_batch read = unwrap(std::move(batch));
    failed_ = false;
    rows = read.size();
    if (rows == 0) return {};
    return {read[0].data(), std::size_t{rows} * columns_};
  }

 private:
  // In this order: the statement goes first, then the connection back to its pool, then perhaps the database.
  std::shared_ptr<database_core> core_;
  held_connection where_;
  std::shared_ptr<const plan> of_;
  host::statement statement_;
  std::uint32_t columns_;
  std::shared_ptr<block_health> block_;
  bool failed_ = false;
};

/// The statement of a plan: one that waits for it, or a new one.
ir::result<host::statement> statement_of(const lease& where, const plan& p) {
  if (host::statement kept = where.statements().take(p)) return kept;
  return (*where).prepare(p.sql, p.bind_types, p.columns);
}

}  // namespace

namespace {

class no_rows final : public cursor::source {
 public:
  std::span<const quarry_cell> fetch(std::uint32_t& rows) override {
    rows = 0;
    return {};
  }
};

}  // namespace

namespace {

/// A buffer that the thread keeps from one statement to the next. While it is used, another statement (of somebody who is told of this
/// one) gets its own.
class kept_binds {
 public:
  kept_binds() : binds_(std::exchange(kept(), nullptr)) {
    if (!binds_) binds_ = std::make_unique<bind_buffer>();
  }
  kept_binds(const kept_binds&) = delete;
  kept_binds& operator=(const kept_binds&) = delete;
  ~kept_binds() {
    binds_->forget();
    kept() = std::move(binds_);
  }
  bind_buffer* operator->() const noexcept { return binds_.get(); }

 private:
  static std::unique_ptr<bind_buffer>& kept() {
    static thread_local std::unique_ptr<bind_buffer> one;
    return one;
  }
  std::unique_ptr<bind_buffer> binds_;
};

}  // namespace

ir::result<cursor> executor::rows(database_core& core, held_connection where, std::shared_ptr<const plan> p,
                                  const chain& c, reading how, std::shared_ptr<block_health> block) {
  const kept_binds binds;
  QUARRY_CHECK(binds->bind(*p, c));
  if (p->nothing) return cursor(std::make_unique<no_rows>(), p->visible);
  core.tell(p->sql, binds->cells());
  const bool streamed = how == reading::streamed;
  // A statement stays told how it is fetched: those that stream are never kept.
  const bool kept = how == reading::all;
  QUARRY_TRY(statement, kept ? statement_of(*where, *p) : (**where).prepare(p->sql, p->bind_types, p->columns));
  if (streamed) QUARRY_CHECK(statement.set_fetch_size(batch_rows));
  QUARRY_TRY(outcome, statement.execute(binds->cells()));
  (void)outcome;
  const auto columns = static_cast<std::uint32_t>(p->columns.size());
  const std::uint32_t visible = p->visible;
  if (!kept) p.reset();
  return cursor(std::make_unique<statement_rows>(core.shared_from_this(), std::move(where), std::move(statement),
                                                 columns, std::move(p), std::move(block)),
                columns, visible);
}

ir::result<named_rows> executor::raw_rows(database_core& core, held_connection where, const plan& p, const chain& c,
                                          const column_typer& type_of, std::shared_ptr<block_health> block) {
  bind_buffer binds;
  QUARRY_CHECK(binds.bind(p, c));
  core.tell(p.sql, binds.cells());
  std::vector<std::string> names;
  {
    QUARRY_TRY(unread, (**where).prepare(p.sql, p.bind_types, {}));
    QUARRY_TRY(found, unread.column_names());
    names = std::move(found);
  }  // the statement goes back to the plugin, which has it prepared for what follows
  std::vector<ir::type> types;
  types.reserve(names.size());
  for (const std::string& name : names) types.push_back(type_of(name).with_nullable(true));
  QUARRY_TRY(statement, (**where).prepare(p.sql, p.bind_types, types));
  QUARRY_TRY(outcome, statement.execute(binds.cells()));
  (void)outcome;
  const auto columns = static_cast<std::uint32_t>(types.size());
  if (columns == 0) return named_rows{std::move(names), cursor(std::make_unique<no_rows>(), 0)};
  return named_rows{std::move(names),
                    cursor(std::make_unique<statement_rows>(core.shared_from_this(), std::move(where),
                                                            std::move(statement), columns, nullptr, std::move(block)),
                           columns)};
}

ir::result<host::outcome> executor::change(database_core& core, const lease& where, std::shared_ptr<const plan> p,
                                           std::span<const bound_value> values,
                                           std::optional<std::int64_t>* returned_key) {
  const kept_binds binds;
  QUARRY_CHECK(binds->bind(*p, values));
  core.tell(p->sql, binds->cells());
  QUARRY_TRY(statement, statement_of(where, *p));
  QUARRY_TRY(outcome, statement.execute(binds->cells()));
  if (returned_key) {
    if (p->key_by_outcome) {
      *returned_key = outcome.generated_key;
    } else if (!p->columns.empty()) {
      QUARRY_TRY(batch, statement.next(1));
      if (!batch.empty() && !host::is_null(batch[0][0])) *returned_key = batch[0][0].v.i;
    }
  }
  statement.finish();
  where.statements().keep(std::move(p), std::move(statement));
  return outcome;
}

ir::result<void> executor::plain(database_core& core, host::connection& where, const std::string& sql) {
  core.tell(sql, {});
  QUARRY_TRY(statement, where.prepare(sql, {}, {}));
  QUARRY_TRY(outcome, statement.execute({}));
  (void)outcome;
  return {};
}

ir::result<void> create_tables(database_core& core, host::connection& where, const ir::catalog& catalog) {
  for (const ir::model& m : catalog.models())
    for (const ir::column& c : m.columns)
      if (c.type.collation() == ir::collation_class::named && !c.collation.present())
        return ir::failure(ir::diag::not_supported_yet, {"making a column with a collation whose name is not known"});
  const bool portable = core.plans().options().semantics == semantics::portable;
  const auto build = [&](ir::context& cx) { return creation_statements(cx, core.facts(), portable); };
  QUARRY_TRY(texts, core.plans().emit(catalog, build));
  for (const std::string& sql : texts) QUARRY_CHECK(executor::plain(core, where, sql));
  core.schema_changed();
  return {};
}

ir::result<void> restart_keys(database_core& core, host::connection& where, const ir::catalog& catalog) {
  const auto build = [&](ir::context& cx) { return key_restart_statements(cx, core.facts()); };
  QUARRY_TRY(texts, core.plans().emit(catalog, build));
  for (const std::string& sql : texts) QUARRY_CHECK(executor::plain(core, where, sql));
  return {};
}

host::begin_mode load_mode(const ir::facts& facts) noexcept {
  return facts.has(ir::fact::unchecked_load) ? host::begin_mode::load : host::begin_mode::normal;
}

ir::result<void> drop_tables(const std::shared_ptr<database_core>& core, const ir::catalog& catalog) {
  const auto build = [&](ir::context& cx) { return removal_statements(cx, core->facts()); };
  QUARRY_TRY(texts, core->plans().emit(catalog, build));
  try {
    transaction_session tx(core, load_mode(core->facts()));
    for (const std::string& sql : texts) QUARRY_CHECK(executor::plain(*core, tx.connection(), sql));
    tx.commit();
  } catch (const error& e) {
    return ir::failure(e.diagnostic());
  }
  core->schema_changed();
  return {};
}

namespace {

/// A row to be written, as the compiler and the bind program want it.
struct row_values {
  row_values(const ir::catalog& catalog, std::uint32_t model, std::span<const assignment> row, const operand* key) {
    const ir::model& m = catalog.at(model);
    paths.reserve(row.size() + 1);
    for (const assignment& a : row) {
      columns.push_back(a.column);
      operands.push_back(a.value);
      paths.push_back(path_ref::text(catalog.text(m.columns[a.column].name)));
    }
    if (key) {
      operands.push_back(*key);
      paths.push_back(path_ref::text("pk"));
    }
    for (std::size_t i = 0; i < operands.size(); ++i) bound.push_back({&paths[i], &operands[i]});
  }
  std::vector<std::uint32_t> columns;
  std::vector<operand> operands;
  std::vector<path_ref> paths;
  std::vector<bound_value> bound;
};

std::int64_t insert_on(database_core& core, const lease& where, const std::shared_ptr<const ir::catalog>& catalog,
                       std::uint32_t model, std::span<const assignment> row) {
  const row_values values(*catalog, model, row, nullptr);
  auto p = unwrap(core.plans().plan_for_insert(catalog, model, values.columns, values.operands, core.epoch()));
  std::optional<std::int64_t> key;
  unwrap(executor::change(core, where, std::move(p), values.bound, &key));
  return key.value_or(0);
}

std::int64_t update_on(database_core& core, const lease& where, const std::shared_ptr<const ir::catalog>& catalog,
                       std::uint32_t model, const operand& key, std::span<const assignment> row) {
  const row_values values(*catalog, model, row, &key);
  auto p = unwrap(core.plans().plan_for_update(catalog, model, values.columns, values.operands, core.epoch()));
  return unwrap(executor::change(core, where, std::move(p), values.bound, nullptr)).rows_affected;
}

std::string sql_of(database_core& core, const chain& c, bool with_values, running how) {
  const auto p = unwrap(core.plans().plan_for(c, core.epoch(), how));
  std::string out = p->sql;
  if (!with_values) return out;
  bind_buffer binds;
  unwrap(binds.bind(*p, c));
  for (std::size_t i = 0; i < binds.cells().size(); ++i)
    out += "\n  " + std::to_string(i + 1) + ": " + to_text(binds.cells()[i]);
  return out;
}

/// A block is given for what runs within a transaction.
running within(const std::shared_ptr<block_health>& block) noexcept {
  return block ? running::in_transaction : running::alone;
}

cursor run_on(database_core& core, held_connection where, const chain& c, executor::reading how,
              const std::shared_ptr<block_health>& block = nullptr) {
  auto p = unwrap(core.plans().plan_for(c, core.epoch(), within(block)));
  if (p->locks && !block) raise(ir::make_diagnostic(ir::diag::lock_outside_transaction, {}));
  return unwrap(executor::rows(core, std::move(where), std::move(p), c, how, block));
}

named_rows run_raw_on(database_core& core, held_connection where, const chain& c, const column_typer& type_of,
                      const std::shared_ptr<block_health>& block = nullptr) {
  const auto p = unwrap(core.plans().plan_for(c, core.epoch(), within(block)));
  return unwrap(executor::raw_rows(core, std::move(where), *p, c, type_of, block));
}

std::string explain_on(database_core& core, held_connection where, const chain& c, const explain_request& how,
                       const std::shared_ptr<block_health>& block = nullptr) {
  auto p = unwrap(core.plans().explain(c, how, within(block)));
  cursor rows = unwrap(executor::rows(core, std::move(where), std::move(p), c, executor::reading::once, block));
  std::string out;
  for (std::span<const quarry_cell> row = rows.next(); !row.empty(); row = rows.next()) {
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out += ' ';
      if (host::is_null(row[i])) out += "None";
      else out.append(static_cast<const char*>(row[i].v.p), row[i].len);
    }
  }
  return out;
}

}  // namespace

// --- sessions ---

std::string session::explain(const chain&, const explain_request&) {
  raise(ir::diag::not_supported_yet, {"explain() where no database is"});
}

named_rows session::run_raw(const chain&, const column_typer&) {
  raise(ir::diag::not_supported_yet, {"raw() where no database is"});
}

lease pooled_session::connection(std::string_view what) {
  if (core_->in_transaction()) raise(ir::make_diagnostic(ir::diag::transaction_open, {what}));
  return unwrap(core_->take());
}

cursor pooled_session::run(const chain& c) { return run_on(*core_, connection("a query"), c, executor::reading::all); }

cursor pooled_session::stream(const chain& c) {
  return run_on(*core_, connection("a query"), c, executor::reading::streamed);
}

named_rows pooled_session::run_raw(const chain& c, const column_typer& type_of) {
  return run_raw_on(*core_, connection("a query"), c, type_of);
}

std::int64_t pooled_session::insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                                    std::span<const assignment> row) {
  return insert_on(*core_, connection("an insert"), catalog, model, row);
}

std::int64_t pooled_session::update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                                    const operand& key, std::span<const assignment> row) {
  return update_on(*core_, connection("an update"), catalog, model, key, row);
}

std::string pooled_session::sql(const chain& c, bool with_values) {
  return sql_of(*core_, c, with_values, running::alone);
}

std::string pooled_session::explain(const chain& c, const explain_request& how) {
  return explain_on(*core_, connection("explain()"), c, how);
}

transaction_session::transaction_session(std::shared_ptr<database_core> core, host::begin_mode mode)
    : core_(std::move(core)) {
  lease_ = std::make_shared<lease>(unwrap(core_->take()));
  unwrap((*lease_)->begin(mode));
  core_->enter_transaction();
  open_ = true;
}

transaction_session::~transaction_session() {
  if (!open_) return;
  (void)(*lease_)->rollback();  // a failure leaves the connection unfit, which the pool finds out
  end();
}

void transaction_session::end() noexcept {
  open_ = false;
  lease_.reset();
  core_->leave_transaction();
}

const std::shared_ptr<lease>& transaction_session::unended(std::string_view what) {
  if (!open_) raise(ir::make_diagnostic(ir::diag::transaction_closed, {what}));
  return lease_;
}

const std::shared_ptr<lease>& transaction_session::checked(std::string_view what) {
  const std::shared_ptr<lease>& out = unended(what);
  block_->check(what);
  return out;
}

template <class Statement>
auto transaction_session::noted(std::string_view what, Statement&& statement) {
  const std::shared_ptr<lease>& where = checked(what);
  try {
    return statement(where);
  } catch (const error& e) {
    block_->note(e.diagnostic());
    throw;
  }
}

cursor transaction_session::run(const chain& c) {
  return noted("a query", [&](const auto& where) { return run_on(*core_, where, c, executor::reading::all, block_); });
}

cursor transaction_session::stream(const chain& c) {
  return noted("a query",
               [&](const auto& where) { return run_on(*core_, where, c, executor::reading::streamed, block_); });
}

named_rows transaction_session::run_raw(const chain& c, const column_typer& type_of) {
  return noted("a query", [&](const auto& where) { return run_raw_on(*core_, where, c, type_of, block_); });
}

std::int64_t transaction_session::insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                                         std::span<const assignment> row) {
  return noted("an insert", [&](const auto& where) { return insert_on(*core_, *where, catalog, model, row); });
}

std::int64_t transaction_session::update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                                         const operand& key, std::span<const assignment> row) {
  return noted("an update", [&](const auto& where) { return update_on(*core_, *where, catalog, model, key, row); });
}

std::string transaction_session::sql(const chain& c, bool with_values) {
  return sql_of(*core_, c, with_values, running::in_transaction);
}

std::string transaction_session::explain(const chain& c, const explain_request& how) {
  return noted("explain()", [&](const auto& where) { return explain_on(*core_, where, c, how, block_); });
}

void transaction_session::commit() {
  (void)unended("a commit");
  try {
    block_->check_at_end();
    unwrap((*lease_)->commit());
  } catch (...) {
    (void)(*lease_)->rollback();  // a failure leaves the connection unfit, which the pool finds out
    end();
    throw;
  }
  end();
}

void transaction_session::rollback() {
  auto done = (*unended("a rollback"))->rollback();
  end();
  unwrap(std::move(done));
}

std::uint32_t transaction_session::savepoint() {
  noted("an inner atomic()", [&](const auto& where) { unwrap((*where)->savepoint(savepoints_ + 1)); });
  return ++savepoints_;
}

void transaction_session::release_savepoint(std::uint32_t number) {
  const std::shared_ptr<lease>& where = unended("a savepoint");
  block_->check_at_end();
  unwrap((*where)->release_savepoint(number));
  savepoints_ = number - 1;
}

void transaction_session::rollback_to(std::uint32_t number) {
  host::connection& where = **unended("a savepoint");
  auto undone = where.rollback_to(number);
  // A savepoint outlives what is rolled back to it.
  if (undone) undone = where.release_savepoint(number);
  savepoints_ = number - 1;
  if (undone) block_->mend();
  else block_->note(undone.error());
  unwrap(std::move(undone));
}

}  // namespace quarry::detail
