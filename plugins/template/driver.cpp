#include "driver.hpp"

namespace template_plugin {
namespace {

[[noreturn]] void not_written() { throw quarry::plugin::unsupported("this part of the template is not written yet"); }

}  // namespace

// --- connection: replace the bodies by calls of your database's client library ---

connection::connection(const quarry::plugin::url& where) {
  // An option that you don't know is an error: nobody should believe that it works.
  where.each_option([](std::string_view key, std::string_view) {
    throw quarry::plugin::error(QUARRY_ERROR_CANNOT_OPEN, "there is no option '" + std::string(key) + "'");
  });
  throw quarry::plugin::error(QUARRY_ERROR_CANNOT_OPEN, "the template has no database: begin in driver.cpp");
}

dialect connection::describe() { return dialect::for_version("1.0"); }

std::unique_ptr<statement> connection::prepare(std::string_view sql, std::span<const quarry_type> binds,
                                               std::span<const quarry_type> results) {
  return std::make_unique<statement>(sql, binds, results);
}

void connection::begin(std::uint32_t mode) {
  if (mode != QUARRY_BEGIN_DEFAULT) throw quarry::plugin::unsupported("a transaction of this kind");
  not_written();
}

void connection::commit() { not_written(); }
void connection::rollback() { not_written(); }

// --- statement ---

statement::statement(std::string_view, std::span<const quarry_type>, std::span<const quarry_type> results)
    : results_(results.begin(), results.end()), cells_(results.size()) {}

quarry::plugin::outcome statement::execute(std::span<const quarry_cell>) { not_written(); }

quarry::plugin::rows statement::next(std::uint32_t) {
  // For each column: cells_[i] in the type results_[i]; a value that is none of that type is quarry::plugin::data_error.
  return {};
}

void statement::finish() noexcept {}

}  // namespace template_plugin
