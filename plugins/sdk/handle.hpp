#ifndef QUARRY_PLUGINS_SDK_HANDLE_HPP
#define QUARRY_PLUGINS_SDK_HANDLE_HPP

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include <quarry/dialects/base/error.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin {

namespace detail {

inline quarry_str to_str(std::string_view text) noexcept { return {text.data(), text.size()}; }

// Writes a record of ours into the other side's, which may be an older and smaller one. size 0 counts as the size of ours.
template <class Record>
void hand_out(Record* to, Record from) noexcept {
  if (to == nullptr) return;
  auto room = static_cast<std::uint32_t>(sizeof(Record));
  if (to->size != 0) room = std::min(room, to->size);
  from.size = room;
  std::memcpy(to, &from, room);
}

// The texts of the last error of a handle, or of a thread where there is no handle.
class error_store {
 public:
  // Called in a catch block: says in *out what was thrown, and returns the status.
  int report(quarry_error* out) noexcept {
    try {
      throw;
    } catch (const plugin::error& e) {
      return keep(out, e.category() == QUARRY_ERROR_UNSUPPORTED ? QUARRY_UNSUPPORTED : QUARRY_FAILED, e.category(),
                  e.server_text(), QUARRY_NONE, e.constraint(), e.native_code(), e.sqlstate());
    } catch (const dialect::unsupported& e) {
      return keep(out, QUARRY_UNSUPPORTED, QUARRY_ERROR_UNSUPPORTED, e.what(), e.node());
    } catch (const dialect::emit_error& e) {
      return keep(out, QUARRY_FAILED, QUARRY_ERROR_CONTRACT, e.what(), e.node());
    } catch (const dialect::stopped& e) {
      return keep(out, QUARRY_STOPPED, QUARRY_ERROR_OTHER, e.what());
    } catch (const std::bad_alloc&) {
      return fill(out, QUARRY_FAILED, QUARRY_ERROR_OTHER, "out of memory", QUARRY_NONE, {}, 0, "");
    } catch (const std::exception& e) {
      return keep(out, QUARRY_FAILED, QUARRY_ERROR_OTHER, e.what());
    } catch (...) {
      return fill(out, QUARRY_FAILED, QUARRY_ERROR_OTHER, "an unknown exception", QUARRY_NONE, {}, 0, "");
    }
  }

 private:
  int keep(quarry_error* out, int status, std::uint32_t category, std::string_view text,
           std::uint32_t node = QUARRY_NONE, std::string_view constraint = {}, std::int64_t native_code = 0,
           const char* sqlstate = "") noexcept {
    try {
      text_.assign(text);
      constraint_.assign(constraint);
    } catch (...) {  // no memory for the texts: the numbers still say what happened
      return fill(out, status, category, "out of memory", node, {}, native_code, sqlstate);
    }
    return fill(out, status, category, text_, node, constraint_, native_code, sqlstate);
  }

  static int fill(quarry_error* out, int status, std::uint32_t category, std::string_view text, std::uint32_t node,
                  std::string_view constraint, std::int64_t native_code, const char* sqlstate) noexcept {
    quarry_error error{};
    error.category = category;
    error.native_code = native_code;
    std::strncpy(error.sqlstate, sqlstate, 5);
    error.server_text = to_str(text);
    error.constraint = to_str(constraint);
    error.node = node;
    hand_out(out, error);
    return status;
  }

  std::string text_;
  std::string constraint_;
};

inline error_store& thread_errors() noexcept {
  static thread_local error_store store;
  return store;
}

// Runs f; whatever it throws ends here.
template <class F>
int guarded(error_store& errors, quarry_error* out, F&& f) noexcept {
  try {
    f();
    return QUARRY_OK;
  } catch (...) {
    return errors.report(out);
  }
}

struct handle_access;

}  // namespace detail

// Base of a driver's connection and statement: keeps the texts of their last error.
class handle {
 public:
  handle() = default;
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;

 protected:
  ~handle() = default;

 private:
  friend struct detail::handle_access;
  detail::error_store errors_;
};

namespace detail {
struct handle_access {
  static error_store& errors(handle& h) noexcept { return h.errors_; }
};
}  // namespace detail

}  // namespace quarry::plugin

#endif
