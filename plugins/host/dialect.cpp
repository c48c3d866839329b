#include <quarry/plugins/host/dialect.hpp>

#include <quarry/plugins/host/facts_reader.hpp>

namespace quarry::host {
namespace {

/// The host's side of the sink. No exception may cross the border: it is remembered here.
class recorder {
 public:
  recorder(emit_buffer& out, const ir::facts& facts)
      : out_(out), reuse_(facts.has(ir::fact::bind_reuse)), slot_count_(out.tree.tree().slot_count) {
    out_.text.clear();
    out_.binds.clear();
    if (reuse_) out_.numbers.assign(slot_count_, 0);
  }

  quarry_sink sink() noexcept { return {sizeof(quarry_sink), 0, this, &write, &bind}; }
  /// What the plugin did wrong, or null.
  const char* breach() const noexcept { return breach_; }

 private:
  static int write(void* self, const char* text, std::uint64_t size) noexcept {
    auto& r = *static_cast<recorder*>(self);
    if (size == 0) return 0;
    if (text == nullptr) return r.stop("emit wrote a text that is not there");
    if (size > longest_statement - r.out_.text.size()) return r.stop("emit wrote more than a gigabyte");
    try {
      r.out_.text.append(text, static_cast<std::size_t>(size));
    } catch (...) {
      return r.stop("the statement is larger than the memory");
    }
    return 0;
  }

  static int bind(void* self, std::uint32_t slot, std::uint32_t* number) noexcept {
    auto& r = *static_cast<recorder*>(self);
    if (slot >= r.slot_count_) return r.stop("emit bound a slot that the statement doesn't have");
    if (number == nullptr) return r.stop("emit has no place for the number of a placeholder");
    try {
      *number = r.number_of(slot);
    } catch (...) {
      return r.stop("the statement is larger than the memory");
    }
    return 0;
  }

  std::uint32_t number_of(std::uint32_t slot) {
    std::vector<std::uint32_t>& binds = out_.binds;
    if (reuse_ && out_.numbers[slot] != 0) return out_.numbers[slot];
    binds.push_back(slot);
    const auto number = static_cast<std::uint32_t>(binds.size());
    if (reuse_) out_.numbers[slot] = number;
    return number;
  }

  int stop(const char* why) noexcept {
    breach_ = why;
    return 1;
  }

  static constexpr std::uint64_t longest_statement = std::uint64_t{1} << 30U;
  emit_buffer& out_;
  bool reuse_;
  std::uint32_t slot_count_;
  const char* breach_ = nullptr;
};

/// Legalization leaves only what the plugin declares legal; where it doesn't (DDL is not legalized), this says so.
ir::result<void> check_legal(const dialect& d, const tree_buffer& t) {
  std::string illegal;
  t.kinds().each([&](std::uint32_t n) {
    const auto k = static_cast<ir::kind>(n);
    if (!d.facts().legal(k)) illegal = "the form '" + std::string(ir::info(k).text) + "'";
  });
  t.ops().each([&](std::uint32_t n) {
    const auto o = static_cast<ir::op>(n);
    if (!d.facts().legal(o)) illegal = "the operation '" + std::string(ir::info(o).name) + "'";
  });
  t.types().each([&](std::uint32_t n) {
    const auto s = static_cast<ir::scalar>(n);
    if (s != ir::scalar::unknown && !d.facts().legal(s)) illegal = "the type '" + std::string(ir::name_of(s)) + "'";
  });
  if (illegal.empty()) return {};
  return ir::failure{ir::diag::not_supported_here, {illegal, d.facts().product, d.facts().version}};
}

}  // namespace

ir::result<void> dialect::emit(const ir::context& cx, ir::any_id root, emit_buffer& out) const {
  QUARRY_CHECK(out.tree.write(cx, root));
  QUARRY_CHECK(check_legal(*this, out.tree));
  recorder r(out, facts_);
  const quarry_sink sink = r.sink();
  quarry_error error = fresh_error();
  const int status = plugin().table().emit(handle_.get(), &out.tree.tree(), &sink, &error);
  if (r.breach() != nullptr) return bad_answer(plugin().name(), r.breach());
  if (status != QUARRY_OK) {
    const bool blamed = error.node < out.tree.tree().node_count;  // QUARRY_NONE where the plugin named none
    const std::string what = blamed ? out.tree.describe(error.node) : "a part of the statement";
    return failed_call({plugin().name(), facts_.product, facts_.version, what}, status, error);
  }
  if (out.text.empty()) return bad_answer(plugin().name(), "emit wrote nothing");
  const std::int64_t limit = facts_[ir::fact::max_binds];
  if (static_cast<std::int64_t>(out.binds.size()) > limit)
    return ir::failure{ir::diag::too_many_binds, {facts_.product, facts_.version}};
  return {};
}

ir::result<dialect> make_dialect(dialect_handle handle, const quarry_facts& record) {
  const plugin owner = handle.get_deleter().owner;
  if (!handle) return bad_answer(owner.name(), "it describes its capabilities and gives no dialect");
  QUARRY_TRY(facts, read_facts(owner.table(), record));
  return dialect(std::move(handle), std::move(facts));
}

ir::result<dialect> plugin::describe_offline(std::string_view server_version) const {
  facts_record record;
  quarry_dialect* handle = nullptr;
  quarry_error error = fresh_error();
  const int status = table().describe_offline(to_c(server_version), &record.facts, &handle, &error);
  if (category_of(status, error) == error_category::unsupported)
    return ir::failure{ir::diag::plugin_no_version, {name(), server_version}};
  if (status != QUARRY_OK) return failed_call({name(), {}, {}, "a description of its capabilities"}, status, error);
  return make_dialect(dialect_handle(handle, {*this}), record.facts);
}

}  // namespace quarry::host
