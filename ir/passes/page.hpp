// docs/passes.md: the list of passes with their contracts, from pipeline.def, the head of each pass's file and its
// first golden.
#pragma once

#include <string>

namespace quarry::ir {

/// `source`: the folder of the checkout. A file that is missing leaves a gap, never an error: the page is compared by a
/// test.
std::string passes_page(const std::string& source);

}  // namespace quarry::ir
