// The blog of the examples as a catalog: Blog, Author, Entry (a required blog, an optional editor, many authors).
#pragma once

#include <memory>

#include <quarry/ir/model/catalog.hpp>

namespace quarry::test {

std::shared_ptr<const ir::catalog> blog_catalog();

ir::field_spec field(std::string name, ir::type t);
ir::field_spec foreign_key(std::string name, std::string target, bool nullable = false);

}  // namespace quarry::test
