#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

bool is_result_file(const TableFile& file);

/// Reads a field over the cells of a result file of this program: `landscape`, or the dataset asked for, on the cells'
/// centres, which must lie in equal steps (no graded grid). Throws std::invalid_argument, the message starting with
/// "FILE: ".
TabulatedValues read_result_landscape(const TableFile& file, const TableOptions& options = {});

}  // namespace valleyflux
