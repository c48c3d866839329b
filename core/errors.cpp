#include <quarry/core/errors.hpp>

#include <array>

namespace quarry {

struct error::state {
  ir::diagnostic diagnostic;
  std::string text;
  std::string exception_name;
};

error::error(ir::diagnostic d) {
  auto s = std::make_shared<state>();
  s->text = ir::render(d);
  s->exception_name = ir::exception_name(d);
  s->diagnostic = std::move(d);
  state_ = std::move(s);
}

error::~error() = default;
const char* error::what() const noexcept { return state_->text.c_str(); }
const std::string& error::exception_name() const noexcept { return state_->exception_name; }
const ir::diagnostic& error::diagnostic() const noexcept { return state_->diagnostic; }

// Out of line, so that each class has one home: programs and plugins of several libraries then agree about its type.
field_error::~field_error() = default;
value_error::~value_error() = default;
validation_error::~validation_error() = default;
type_error::~type_error() = default;
overflow_error::~overflow_error() = default;
index_error::~index_error() = default;
name_error::~name_error() = default;
attribute_error::~attribute_error() = default;
syntax_error::~syntax_error() = default;
recursion_error::~recursion_error() = default;
permission_denied::~permission_denied() = default;
query_definition_error::~query_definition_error() = default;
does_not_exist::~does_not_exist() = default;
multiple_objects_returned::~multiple_objects_returned() = default;
relation_not_loaded::~relation_not_loaded() = default;
configuration_error::~configuration_error() = default;
transaction_error::~transaction_error() = default;
database_error::~database_error() = default;
integrity_error::~integrity_error() = default;
operational_error::~operational_error() = default;
programming_error::~programming_error() = default;
data_error::~data_error() = default;
not_supported_error::~not_supported_error() = default;
internal_error::~internal_error() = default;

namespace {

template <class E>
[[noreturn]] void throw_as(ir::diagnostic&& d) {
  throw E(std::move(d));
}

struct exception_class {
  std::string_view name;
  void (*raise)(ir::diagnostic&&);
};

constexpr std::array classes = {
    exception_class{"FieldError", throw_as<field_error>},
    exception_class{"FieldDoesNotExist", throw_as<field_error>},
    exception_class{"ValueError", throw_as<value_error>},
    exception_class{"ValidationError", throw_as<validation_error>},
    exception_class{"TypeError", throw_as<type_error>},
    exception_class{"OverflowError", throw_as<overflow_error>},
    exception_class{"IndexError", throw_as<index_error>},
    exception_class{"KeyError", throw_as<value_error>},
    exception_class{"NameError", throw_as<name_error>},
    exception_class{"AttributeError", throw_as<attribute_error>},
    exception_class{"SyntaxError", throw_as<syntax_error>},
    exception_class{"RecursionError", throw_as<recursion_error>},
    exception_class{"PermissionDenied", throw_as<permission_denied>},
    exception_class{"QueryDefinitionError", throw_as<query_definition_error>},
    exception_class{"DoesNotExist", throw_as<does_not_exist>},
    exception_class{"MultipleObjectsReturned", throw_as<multiple_objects_returned>},
    exception_class{"RelationNotLoaded", throw_as<relation_not_loaded>},
    exception_class{"ImproperlyConfigured", throw_as<configuration_error>},
    exception_class{"ConnectionDoesNotExist", throw_as<configuration_error>},
    exception_class{"TransactionManagementError", throw_as<transaction_error>},
    exception_class{"DatabaseError", throw_as<database_error>},
    exception_class{"IntegrityError", throw_as<integrity_error>},
    exception_class{"OperationalError", throw_as<operational_error>},
    exception_class{"ProgrammingError", throw_as<programming_error>},
    exception_class{"DataError", throw_as<data_error>},
    exception_class{"NotSupportedError", throw_as<not_supported_error>},
    exception_class{"InternalError", throw_as<internal_error>},
};

}  // namespace

void raise(ir::diagnostic d) {
  const std::string_view name = ir::info(d.id).exception;
  for (const exception_class& c : classes)
    if (c.name == name) c.raise(std::move(d));
  throw error(std::move(d));
}

void raise(ir::diag id, std::initializer_list<std::string_view> words) { raise(ir::make_diagnostic(id, words)); }

}  // namespace quarry
