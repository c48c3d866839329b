#include <quarry/core/exec/database.hpp>

#include <quarry/core/errors.hpp>
#include <quarry/core/exec/core.hpp>
#include <quarry/core/query/verbs.hpp>

namespace quarry {

// --- transaction ---

namespace {

host::begin_mode mode_of(const transaction_options& options) noexcept {
  host::begin_mode out = host::begin_mode::normal;
  switch (options.isolation) {
    case isolation_level::database_default: break;
    case isolation_level::read_committed: out = host::begin_mode::read_committed; break;
    case isolation_level::repeatable_read: out = host::begin_mode::repeatable_read; break;
    case isolation_level::serializable: out = host::begin_mode::serializable; break;
  }
  return options.read_only ? out | host::begin_mode::read_only : out;
}

}  // namespace

transaction::transaction(const std::shared_ptr<detail::database_core>& core, const transaction_options& options)
    : session_(std::make_shared<detail::transaction_session>(core, mode_of(options))) {}

void transaction::refuse_options(const transaction_options& options) {
  if (options.isolation != isolation_level::database_default)
    raise(ir::diag::transaction_options_nested, {"the isolation level"});
  if (options.read_only) raise(ir::diag::transaction_options_nested, {"read_only"});
}

std::shared_ptr<detail::session> transaction::session() const { return session_; }

void transaction::commit() { session_->commit(); }

transaction::savepoint::savepoint(transaction& tx) : tx_(tx), number_(tx.session_->savepoint()) {}

transaction::savepoint::~savepoint() {
  if (!open_) return;
  try {
    tx_.session_->rollback_to(number_);
  } catch (const error&) {
    // The block around it is broken by that: its end will say so, and the exception under way tells why.
  }
}

void transaction::savepoint::keep() {
  tx_.session_->release_savepoint(number_);
  open_ = false;
}

// --- database ---

database::database(std::shared_ptr<detail::database_core> core)
    : core_(std::move(core)), session_(std::make_shared<detail::pooled_session>(core_)) {}

database database::open(std::string_view url, const database_options& options) {
  return database(unwrap(detail::database_core::open(url, options.compile, {options.connections, options.wait})));
}

void database::create_tables(const ir::catalog& catalog) const {
  if (core_->facts().has(ir::fact::transactional_ddl)) {
    detail::transaction_session tx(core_, host::begin_mode::normal);
    unwrap(detail::create_tables(*core_, tx.connection(), catalog));
    tx.commit();
  } else {
    detail::lease connection = unwrap(core_->take());
    unwrap(detail::create_tables(*core_, *connection, catalog));
  }
}

explanation database::why(const detail::chain& query) const { return unwrap(core_->plans().why(query)); }

void database::observe(statement_observer observer) const {
  if (!observer) return core_->listen(nullptr);
  core_->listen([observer = std::move(observer)](std::string_view sql, std::span<const quarry_cell> binds) {
    std::vector<std::string> values;
    values.reserve(binds.size());
    for (const quarry_cell& c : binds) values.push_back(detail::to_text(c));
    observer(sql, values);
  });
}

std::string database::product() const { return core_->facts().product + " " + core_->facts().version; }
std::uint64_t database::plan_cache_hits() const { return core_->plans().cache().hits(); }
std::uint64_t database::plan_cache_misses() const { return core_->plans().cache().misses(); }

void set_default(const database& db) { detail::set_default_session(db.session()); }
void clear_default() { detail::set_default_session(nullptr); }

}  // namespace quarry
