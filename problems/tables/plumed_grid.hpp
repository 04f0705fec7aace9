#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

bool is_plumed_grid(const TableFile& file);

/// Reads a PLUMED grid ("#! FIELDS", "#! SET min_.. max_.. nbins_.. periodic_..") of one or two variables: axes from
/// the header (columns are rounded), first variable fastest, numbers may be multiples of pi, unsampled points inf or
/// nan. The column: the one asked for; default file.free, else the first that is neither a variable nor a derivative.
/// Throws std::invalid_argument, the message starting with "FILE:LINE: ".
TabulatedValues read_plumed_grid(const TableFile& file, const TableOptions& options = {});

}  // namespace valleyflux
