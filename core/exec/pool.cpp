#include <quarry/core/exec/pool.hpp>

namespace quarry::detail {

lease::~lease() {
  if (pool_) pool_->give_back(index_);
}

host::connection& lease::operator*() const noexcept {
  const std::lock_guard lock(pool_->mutex_);
  return pool_->slots_[index_]->connection;
}

connection_pool::connection_pool(opener open, pool_options options, bool single)
    : open_(std::move(open)), options_(options), single_(single) {
  if (single_) options_.size = 1;
}

void connection_pool::adopt(host::connection c) {
  const std::lock_guard lock(mutex_);
  slots_.push_back(std::make_unique<slot>());
  slots_.back()->connection = std::move(c);
}

ir::result<lease> connection_pool::take() {
  std::unique_lock lock(mutex_);
  const auto me = std::this_thread::get_id();
  const auto deadline = std::chrono::steady_clock::now() + options_.wait;
  for (;;) {
    std::size_t empty = slots_.size();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      slot& s = *slots_[i];
      const bool mine_already = single_ && s.users > 0 && s.user == me;
      if (!s.connection && s.users == 0) empty = i;
      if (s.connection && (s.users == 0 || mine_already)) {
        ++s.users;
        s.user = me;
        return lease(this, i);
      }
    }
    const bool may_open = empty < slots_.size() || slots_.size() + opening_ < options_.size;
    if (may_open) {
      ++opening_;
      lock.unlock();
      auto opened = open_();  // may take long: never under the lock
      lock.lock();
      --opening_;
      if (!opened) {
        freed_.notify_one();
        return opened.take_failure();
      }
      std::size_t at = 0;
      while (at < slots_.size() && (slots_[at]->connection || slots_[at]->users != 0)) ++at;
      if (at == slots_.size()) slots_.push_back(std::make_unique<slot>());
      slots_[at]->connection = std::move(*opened);
      slots_[at]->users = 1;
      slots_[at]->user = me;
      return lease(this, at);
    }
    if (freed_.wait_until(lock, deadline) == std::cv_status::timeout)
      return ir::failure(ir::diag::database_timeout, {});
  }
}

void connection_pool::give_back(std::size_t index) noexcept {
  host::connection dropped;
  {
    const std::lock_guard lock(mutex_);
    slot& s = *slots_[index];
    if (--s.users == 0) {
      // Only an idle connection outside a transaction serves the next user as if it were new.
      const bool broken = s.connection.lost() || (!s.connection.idle() && !s.connection.rollback());
      if (broken) dropped = std::move(s.connection);
    }
  }
  freed_.notify_one();
}

}  // namespace quarry::detail
