#pragma once

#include "problems/tables/table_file.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace valleyflux {

/// The columns (from 0) that options.columns or options.quantity ask for, coordinates first, by names with or without
/// the units behind them. `names`: of the columns, may be fewer than `count`; `standard`: the coordinates where only
/// the value is asked for, and where nothing is, the value then being the column behind them. Throws
/// std::invalid_argument for columns that are not there, one twice, or not two or three of them.
std::vector<std::size_t> columns_wanted(const TableFile& file, const TableOptions& options,
                                        const std::vector<std::string>& names, std::size_t count,
                                        const std::vector<std::size_t>& standard);

}  // namespace valleyflux
