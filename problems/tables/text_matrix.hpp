#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

bool is_text_matrix(const TableFile& file);

/// A matrix with any separator, x along its rows and y down: either with the x in the first row and the y in the first
/// column (what stands in the corner is left unread), or values alone, which need options.ranges. A single row or
/// column of values is a line. Throws std::invalid_argument, the message starting with "FILE:LINE: ".
TabulatedValues read_text_matrix(const TableFile& file, const TableOptions& options = {});

}  // namespace valleyflux
