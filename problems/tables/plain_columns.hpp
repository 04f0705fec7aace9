#pragma once

#include "problems/tables/gridded_points.hpp"
#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"
#include "problems/tables/text_rows.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace valleyflux {

bool is_plain_columns(const TableFile& file);

/// Rows "x value" or "x y value" with any separator, further columns, words above them and comments (also the xvg files
/// of Gromacs), in any order: see text_rows and gridded. Where nothing is asked for, the first column is the
/// coordinate if no two rows share it, else the first two are. Names are those of the line of words, of a comment with
/// as many words, or the labels of an xvg file's axes; a unit in brackets behind one, or in a line of
/// units, is that of the column. Columns that are not asked for may hold words. Throws std::invalid_argument, the
/// message starting with "FILE:LINE: ".
TabulatedValues read_plain_columns(const TableFile& file, const TableOptions& options = {});

/// These columns of the rows, the last one being the value, on their grid.
TabulatedValues gridded_columns(const TableFile& file, const TextRows& rows, const std::vector<std::string>& names,
                                const std::vector<std::size_t>& columns);

/// Names of the columns from the words above them; empty where there are none that fit. What may be units that are not
/// known, for it stands below other names, is doubted.
std::vector<std::string> column_names(const TableFile& file, const TextRows& rows, std::vector<std::string>& doubts);

}  // namespace valleyflux
