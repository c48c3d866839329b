#ifndef QUARRY_PLUGINS_SDK_ERROR_HPP
#define QUARRY_PLUGINS_SDK_ERROR_HPP

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::plugin {

// What a driver throws; the SDK turns it into a quarry_error.
class error : public std::exception {
 public:
  // category: QUARRY_ERROR_...; server_text: what the database said, or what is wrong, without the user's values if that can be.
  error(std::uint32_t category, std::string server_text) : category_(category), server_text_(std::move(server_text)) {}

  error& native_code(std::int64_t code) & noexcept {
    native_code_ = code;
    return *this;
  }
  error&& native_code(std::int64_t code) && noexcept { return std::move(native_code(code)); }
  // Five characters.
  error& sqlstate(std::string_view five) & noexcept {
    for (std::size_t i = 0; i < 5; ++i) sqlstate_[i] = i < five.size() ? five[i] : '\0';
    return *this;
  }
  error&& sqlstate(std::string_view five) && noexcept { return std::move(sqlstate(five)); }
  error& constraint(std::string name) & {
    constraint_ = std::move(name);
    return *this;
  }
  error&& constraint(std::string name) && { return std::move(constraint(std::move(name))); }

  const char* what() const noexcept override { return server_text_.c_str(); }
  std::uint32_t category() const noexcept { return category_; }
  std::int64_t native_code() const noexcept { return native_code_; }
  const char* sqlstate() const noexcept { return sqlstate_; }
  const std::string& server_text() const noexcept { return server_text_; }
  const std::string& constraint() const noexcept { return constraint_; }

 private:
  std::uint32_t category_;
  std::int64_t native_code_ = 0;
  char sqlstate_[8] = {};
  std::string server_text_;
  std::string constraint_;
};

// The plugin or the server lacks what is asked.
inline error unsupported(std::string what) { return {QUARRY_ERROR_UNSUPPORTED, std::move(what)}; }
// A value is not valid for its column or operation.
inline error data_error(std::string what) { return {QUARRY_ERROR_DATA, std::move(what)}; }

}  // namespace quarry::plugin

#endif
