// Window(): its functions, and the frames that they see.
#pragma once

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

object make_window(environment& e, const call_arguments& given);
object make_window_function(environment& e, const call_arguments& given);  ///< Rank(), Lag(), …
object make_frame(environment& e, const call_arguments& given);            ///< RowRange() and ValueRange()
object make_exclusion(environment& e, const call_arguments& given);        ///< WindowFrameExclusion("GROUP")
/// A member of WindowFrameExclusion.
std::optional<detail::frame_exclusion> exclusion_named(std::string_view member) noexcept;
std::vector<std::string_view> exclusion_names();

}  // namespace quarry::text
