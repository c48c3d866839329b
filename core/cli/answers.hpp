// When two answers in canonical JSON count as the same: the rules by which conformance cases are judged.
#pragma once

#include <string_view>

#include <boost/json/fwd.hpp>

namespace quarry::cli {

/// Is `actual` an acceptable answer where `expected` is right? Numbers, decimals and durations may differ a little, the keys of
/// objects may stand in any order; when not `ordered`, so may the elements of the outermost list.
bool same_answer(const boost::json::value& expected, const boost::json::value& actual, bool ordered);

}  // namespace quarry::cli
