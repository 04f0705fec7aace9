#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

bool is_colvars_grid(const TableFile& file);

/// Grids and .pmf files of Colvars: "# variables", then "# lower width points periodic" for each of them, rows of
/// coordinates (centres of bins) and values, the last variable fastest, blocks apart by empty lines. Axes and periods
/// are those of the head, which the rows must follow. Throws std::invalid_argument, the message starting with
/// "FILE:LINE: ".
TabulatedValues read_colvars_grid(const TableFile& file, const TableOptions& options = {});

}  // namespace valleyflux
