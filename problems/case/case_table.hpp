#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/tables/table_function.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Reads format, quantity, dataset, columns and ranges of a table that names a file. Throws CaseError.
TableOptions read_table_options(CaseReader& table);

/// Reads error, the name or number of the column that holds standard errors; empty where it is not given. Throws
/// CaseError.
std::string read_error_column(CaseReader& table);

/// Reads gradient, the names or numbers of the columns that hold the derivative along each axis; empty where it is not
/// given. Throws CaseError.
std::vector<std::string> read_gradient_columns(CaseReader& table);

/// Reads scale and shift. Throws CaseError.
struct TableScale {
  double scale = 1.0, shift = 0.0;
};
TableScale read_table_scale(CaseReader& table);

/// An entry of drift or diffusion: a number, an expression of the variables, or a table of all of them, { file = ... }.
/// Throws CaseError.
Expression read_entry(const CaseReader& table, const toml::node& node, const std::string& key, int dimension,
                      const Parameters& parameters, TableFunction::Shape shape);

/// Ends that an axis leaves open are those of the data of drift and diffusion, where entries of these are tables.
void end_at_tables(const CaseContext& context, std::vector<OpenAxis>& axes);

/// Throws CaseError where axes or box reach beyond the data of a table that was an entry, or wrap where it does not.
void require_inside_tables(const CaseContext& context, const std::vector<OpenAxis>& axes,
                           const std::vector<BoxSide>& box);

}  // namespace valleyflux
