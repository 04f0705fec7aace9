#pragma once

#include "output/report/stored_result.hpp"

#include <string>

namespace valleyflux {

/// What the page of a report shows, as JSON that may stand inside of <script> (no "<" is in it): title, units, rates
/// with their words, valleys, fields as they are drawn (encoded_field.hpp), network, paths, densities of first-passage
/// times, warnings, the case. Every number of a table is the result's own, to the last digit; null: there is none.
/// Throws OutputError where datasets do not fit together.
std::string report_content(const StoredResult& result, const std::string& file_name);

}  // namespace valleyflux
