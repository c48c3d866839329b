// result<T>: a value or a diagnostic. Inside Quarry errors are values; the public API turns them into exceptions.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include <quarry/ir/support/diagnostic.hpp>

namespace quarry::ir {

/// The diagnostic is behind a pointer: a result costs one word beside its value, and failing is the slow path.
class failure {
 public:
  failure(diagnostic d) : what_(std::make_unique<diagnostic>(std::move(d))) {}  // NOLINT: conversion is the point
  failure(diag id, std::initializer_list<std::string_view> words) : failure(make_diagnostic(id, words)) {}
  diagnostic& operator*() const noexcept { return *what_; }
  diagnostic* operator->() const noexcept { return what_.get(); }

 private:
  std::unique_ptr<diagnostic> what_;
};

template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}    // NOLINT: conversion is the point
  result(failure f) : state_(std::in_place_index<1>, std::move(f)) {}      // NOLINT
  result(diagnostic d) : state_(std::in_place_index<1>, std::move(d)) {}   // NOLINT
  explicit operator bool() const noexcept { return state_.index() == 0; }
  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  /// Only after a failed test.
  diagnostic& error() noexcept { return **std::get_if<1>(&state_); }
  const diagnostic& error() const noexcept { return **std::get_if<1>(&state_); }
  failure take_failure() noexcept { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, failure> state_;
};

template <>
class [[nodiscard]] result<void> {
 public:
  result() = default;
  result(failure f) : failure_(std::make_unique<failure>(std::move(f))) {}  // NOLINT
  result(diagnostic d) : result(failure(std::move(d))) {}                   // NOLINT
  explicit operator bool() const noexcept { return !failure_; }
  diagnostic& error() noexcept { return **failure_; }
  const diagnostic& error() const noexcept { return **failure_; }
  failure take_failure() noexcept { return std::move(*failure_); }

 private:
  std::unique_ptr<failure> failure_;
};

}  // namespace quarry::ir

/// `QUARRY_TRY(name, expression)`: name = the value, or return the failure to the caller.
#define QUARRY_TRY(name, ...)                              \
  auto name##_result = (__VA_ARGS__);                      \
  if (!name##_result) return name##_result.take_failure(); \
  auto& name = *name##_result
/// The same for a result<void>.
#define QUARRY_CHECK(...)                                                         \
  do {                                                                            \
    if (auto checked_ = (__VA_ARGS__); !checked_) return checked_.take_failure(); \
  } while (false)
