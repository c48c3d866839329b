#include <quarry/core/exec/pool.hpp>

#include <algorithm>

#include <quarry/core/plan/plan.hpp>
#include <quarry/ir/support/hash.hpp>

namespace quarry::detail {

namespace {

/// A connection that was used this recently is taken for alive: asking costs a round trip.
constexpr std::chrono::milliseconds trusted_for{500};

}  // namespace

// --- statements ---

kept_statements::kept& kept_statements::place_of(const plan& p) noexcept {
  return places_[ir::mix64(reinterpret_cast<std::uintptr_t>(&p), 0) % places_.size()];
}

host::statement kept_statements::take(const plan& of) noexcept {
  kept& place = place_of(of);
  return place.of.get() == &of ? std::move(place.prepared) : host::statement();
}

void kept_statements::keep(std::shared_ptr<const plan> of, host::statement prepared) noexcept {
  kept& place = place_of(*of);
  place.prepared = std::move(prepared);
  if (place.of != of) place.of = std::move(of);
}

void kept_statements::clear() noexcept {
  for (kept& place : places_) place = {};
}

// --- connections ---

lease::~lease() {
  if (pool_) pool_->give_back(*slot_);
}

connection_pool::connection_pool(opener open, pool_options options, bool single)
    : open_(std::move(open)), options_(options), single_(single) {
  options_.size = single_ ? 1 : std::max(options_.size, 1U);
}

void connection_pool::adopt(host::connection c) {
  const std::lock_guard lock(mutex_);
  slots_.push_back(std::make_unique<pooled_connection>());
  slots_.back()->connection = std::move(c);
  slots_.back()->idle_since = clock::now();
}

/// One that is open rather than one to be opened; null: all are in use.
pooled_connection* connection_pool::free_slot() {
  pooled_connection* closed = nullptr;
  for (const auto& s : slots_) {
    if (s->users != 0) continue;
    if (s->connection) return s.get();
    closed = s.get();
  }
  if (closed || slots_.size() >= options_.size) return closed;
  slots_.push_back(std::make_unique<pooled_connection>());
  return slots_.back().get();
}

void connection_pool::wake_next() noexcept {
  if (!waiting_.empty()) waiting_.front().notify_one();
}

/// A slot for this thread alone.
ir::result<connection_pool::claimed> connection_pool::claim() {
  std::unique_lock lock(mutex_);
  const auto me = std::this_thread::get_id();
  const auto mine = [&]() -> pooled_connection* {
    if (!single_ || slots_.empty()) return nullptr;
    pooled_connection& s = *slots_.front();
    return s.users > 0 && s.user == me && !s.returning ? &s : nullptr;
  };
  pooled_connection* found = mine();
  if (!found && waiting_.empty()) found = free_slot();
  if (!found) {
    const auto deadline = clock::now() + options_.wait;
    const auto place = waiting_.emplace(waiting_.end());
    place->wait_until(lock, deadline, [&] { return place == waiting_.begin() && (found = free_slot()) != nullptr; });
    waiting_.erase(place);
    if (!found) {
      wake_next();
      return ir::failure(ir::diag::database_timeout, {});
    }
  }
  ++found->users;
  found->user = me;
  wake_next();  // there may be more
  return claimed{found, found->connection && is_doubtful(*found), losses_};
}

bool connection_pool::is_doubtful(const pooled_connection& s) const noexcept {
  return !single_ && (s.losses != losses_ || clock::now() - s.idle_since > trusted_for);
}

ir::result<lease> connection_pool::take() {
  QUARRY_TRY(claim, this->claim());
  lease taken(this, claim.slot);  // from here on the slot is ours: what may take long is done without the lock
  host::connection& connection = claim.slot->connection;
  if (connection && !claim.doubtful) return taken;
  std::uint64_t losses = claim.losses;
  if (connection && !connection.ping()) {
    claim.slot->close();
    const std::lock_guard lock(mutex_);
    losses = ++losses_;
  }
  if (!connection) {
    QUARRY_TRY(opened, open_());
    connection = std::move(opened);
  }
  const std::lock_guard lock(mutex_);
  claim.slot->losses = losses;
  return taken;
}

void connection_pool::give_back(pooled_connection& s) noexcept {
  if (single_) {
    const std::lock_guard lock(mutex_);
    if (s.users > 1) {
      --s.users;
      return;
    }
    s.returning = true;
  }
  // Only an idle connection outside a transaction serves the next user as if it were new. Another is closed before its place is
  // free, so that there are never more than the limit.
  const bool lost = s.connection && s.connection.lost();
  if (s.connection && (lost || (!s.connection.idle() && !s.connection.rollback()))) s.close();
  const auto now = clock::now();
  const std::lock_guard lock(mutex_);
  if (lost) ++losses_;
  s.returning = false;
  s.users = 0;
  s.idle_since = now;
  wake_next();
}

}  // namespace quarry::detail
