#pragma once

#include "output/report/stored_result.hpp"

#include <nlohmann/json.hpp>

namespace valleyflux {

/// The fields of a result with a grid, as a page draws them: {"axes", "landscape", "labels", "stationary", "frames",
/// "committors"}, those that there are. Frames and cells are thinned, and said so, until the page stays small.
nlohmann::ordered_json field_content(const StoredResult& result);

}  // namespace valleyflux
