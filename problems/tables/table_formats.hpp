#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"
#include "problems/tables/unit_labels.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// A kind of file that holds a table. A new one is a reader of its own and one line in table_formats.cpp.
struct TableFormat {
  std::string_view name, summary;
  bool (*recognises)(const TableFile& file);  // by what is in it; asked in the order of the list
  TabulatedValues (*read)(const TableFile& file, const TableOptions& options);
  enum Parts { one, columns, datasets } parts;  // what the values may be chosen from
  bool bare = false;                            // whether there may be no coordinates, and ranges tell them
  bool tells_periods = false;                   // whether it says which axes are periodic, and none has to be guessed
};

const std::vector<TableFormat>& table_formats();

/// A table with the format it was read as.
struct ReadTable {
  TabulatedValues values;
  const TableFormat* format;
};

/// Name and unit of a table's quantity: the unit that the file tells, or that stands behind the name; empty where there
/// is none.
UnitLabel told_unit(const TabulatedValues& table);

/// Reads a file of any of the formats, its axes in the order of the case (take_case_order), periodic where they are
/// angles that go round (close_turns), with the errors and slopes asked for; options.format chooses one. `unit`: that
/// of the values where the file tells none, which standard errors are converted to. Throws std::invalid_argument, the
/// message starting with "FILE:LINE: " or "FILE: ", for a file that cannot be read, one of no known format, options
/// that have no part in its format, and standard errors that are negative, missing where there is a value, or in a unit
/// that is not converted.
ReadTable read_table(const TableFile& file, const TableOptions& options = {}, const std::string& unit = "");

/// What was read of a file, by which format, on which axes, and whether with errors: "F of t.dat (plain columns; x: 101
/// points, -2 to 2", for more to follow before the bracket is closed.
std::string begun_description(const ReadTable& table, const std::string& file);

}  // namespace valleyflux
