#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

bool is_wham_table(const TableFile& file);

/// Free energies of Grossfield's WHAM: "#Coor Free +/- Prob +/-", or "#X Y Free Pro" in two dimensions (second
/// coordinate fastest); bins never visited hold inf or nan, lines that begin with # (windows) are no data. Throws
/// std::invalid_argument, the message starting with "FILE:LINE: ".
TabulatedValues read_wham_table(const TableFile& file, const TableOptions& options = {});

}  // namespace valleyflux
