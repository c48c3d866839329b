// The database that this program runs beside, asked in Django's syntax.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/exec/core.hpp>
#include <quarry/core/text/evaluator.hpp>

namespace quarry::test {

/// The scheme of its URL.
std::string scheme();

/// A collation of this database that takes "a" and "A" for equal; made where there is none.
std::string case_blind_collation();

class text_database {
 public:
  /// `models`: a models file; its tables are named APP_MODEL. Throws quarry::error.
  text_database(std::string_view models, const std::string& app, compile_options how = {});

  void create_tables();
  /// The value of the last statement as canonical JSON; of one that fails the class of its error.
  std::string eval(std::string_view source);
  /// The statements that have run since the last call, one a line.
  std::string statements();

  const std::shared_ptr<detail::database_core>& core() const noexcept { return core_; }

 private:
  std::shared_ptr<detail::database_core> core_;
  std::unique_ptr<detail::session> session_;
  std::unique_ptr<text::evaluator> text_;
  std::string statements_;
};

}  // namespace quarry::test
