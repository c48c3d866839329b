#ifndef QUARRY_DIALECTS_BASE_ERROR_HPP
#define QUARRY_DIALECTS_BASE_ERROR_HPP

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect {

// Thrown while a statement is written. node: the node that can't be written, else QUARRY_NONE.
class emit_error : public std::exception {
 public:
  emit_error(std::string what, std::uint32_t node) : what_(std::move(what)), node_(node) {}
  const char* what() const noexcept override { return what_.c_str(); }
  std::uint32_t node() const noexcept { return node_; }

 private:
  std::string what_;
  std::uint32_t node_;
};

// The tree breaks the rules of quarry_plugin.h.
class broken_tree : public emit_error {
 public:
  using emit_error::emit_error;
};

// The tree is right, but this dialect has no words for it.
class unsupported : public emit_error {
 public:
  using emit_error::emit_error;
};

// The sink asked to stop.
class stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped by the sink"; }
};

}  // namespace quarry::dialect

#endif
