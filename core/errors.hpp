// Exceptions of the public API. Inside Quarry an error is an ir::result; this is where it becomes an exception.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <quarry/ir/support/result.hpp>

namespace quarry {

/// What every error of Quarry is. Copies share; copying never throws.
class error : public std::exception {
 public:
  explicit error(ir::diagnostic d);
  error(const error&) noexcept = default;
  error& operator=(const error&) noexcept = default;
  ~error() override;

  /// The rendered text: "error[QRY2107]: …" with the user's path and a caret below it. Holds no value and no server
  /// text.
  const char* what() const noexcept override;
  ir::diag id() const noexcept { return diagnostic().id; }
  const std::string& message() const noexcept { return diagnostic().message; }
  /// The name that Django's users know: "FieldError", "Entry.DoesNotExist".
  const std::string& exception_name() const noexcept;
  /// What the database itself said, where it said something: may hold values.
  const std::string& server_text() const noexcept { return diagnostic().server_text; }
  const ir::diagnostic& diagnostic() const noexcept;

 private:
  struct state;
  std::shared_ptr<const state> state_;
};

// One class for each of Django's; what the program does about an error depends on these, what people read on the
// diagnostic.
#define QUARRY_EXCEPTION(name, base) \
  class name : public base {         \
   public:                           \
    using base::base;                \
    ~name() override;                \
  };
QUARRY_EXCEPTION(field_error, error)  ///< a path names no field, relation or lookup
QUARRY_EXCEPTION(value_error, error)  ///< a value or option that has no meaning there
QUARRY_EXCEPTION(validation_error, value_error)  ///< a value that its field can't hold
QUARRY_EXCEPTION(type_error, error)  ///< a call that this query does not allow
QUARRY_EXCEPTION(overflow_error, error)  ///< a number beyond the range of its type
QUARRY_EXCEPTION(index_error, error)  ///< at(i) past the last row
QUARRY_EXCEPTION(name_error, error)  ///< text: an unknown name
QUARRY_EXCEPTION(attribute_error, error)  ///< text: an unknown attribute or method
QUARRY_EXCEPTION(syntax_error, error)  ///< text that can't be parsed
QUARRY_EXCEPTION(recursion_error, error)  ///< a condition nested too deep
QUARRY_EXCEPTION(permission_denied, error)  ///< a policy for untrusted text does not allow it
QUARRY_EXCEPTION(query_definition_error, error)  ///< limits, masks or columns that make no sense
QUARRY_EXCEPTION(does_not_exist, error)  ///< get() found no row
QUARRY_EXCEPTION(multiple_objects_returned, error)  ///< get() found several rows
QUARRY_EXCEPTION(relation_not_loaded, error)  ///< a related object is asked for that nobody loaded
QUARRY_EXCEPTION(configuration_error, error)  ///< no plugin, no default database, a wrong URL
QUARRY_EXCEPTION(transaction_error, error)  ///< a transaction is open, or has ended
QUARRY_EXCEPTION(database_error, error)  ///< what the database reports
QUARRY_EXCEPTION(integrity_error, database_error)  ///< a constraint would be violated
QUARRY_EXCEPTION(operational_error, database_error)  ///< connection, locks, timeouts
QUARRY_EXCEPTION(programming_error, database_error)  ///< the database refused the statement
QUARRY_EXCEPTION(data_error, database_error)  ///< the database refused a value
QUARRY_EXCEPTION(not_supported_error, database_error)
QUARRY_EXCEPTION(internal_error, database_error)  ///< a bug of Quarry or of a plugin
#undef QUARRY_EXCEPTION

/// Throws the class that the registry names for the diagnostic.
[[noreturn]] void raise(ir::diagnostic d);
[[noreturn]] void raise(ir::diag id, std::initializer_list<std::string_view> words);

/// The value, or the error as an exception.
template <class T>
T unwrap(ir::result<T> r) {
  if (!r) raise(std::move(r.error()));
  return *std::move(r);
}
inline void unwrap(ir::result<void> r) {
  if (!r) raise(std::move(r.error()));
}

}  // namespace quarry
