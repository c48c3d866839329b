// docs/passes.md: the list of passes with their contracts and their reasons for doing nothing, from the .def files, the
// head of each pass's file and its first golden that shows SQL.
#pragma once

#include <string>

namespace quarry::ir {

/// `source`: the folder of the checkout. A file that is missing leaves a gap, never an error: the page is compared by a
/// test.
std::string passes_page(const std::string& source);

}  // namespace quarry::ir
