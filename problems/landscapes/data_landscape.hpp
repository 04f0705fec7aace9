#pragma once

#include "problems/expressions/block_program.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace valleyflux {

/// The terms l(x; row) that a landscape is the average of, for steps along the gradients of a few of them.
struct DataTerms {
  Expression term;       // l; variables: the d coordinates, then the columns of a row
  BlockProgram force;    // of the same variables; outputs: -dl/dx_k
  Eigen::MatrixXd rows;  // columns x rows
};

/// A table of numbers with named columns.
struct DataTable {
  std::vector<std::string> columns;
  Eigen::MatrixXd values;  // columns x rows
};

/// Reads a table from a text file, compressed by gzip or not: a line of names, then lines of numbers (see
/// delimited_lines). Throws std::invalid_argument, naming the line, for what is no such file.
DataTable read_csv(const std::filesystem::path& file);

/// L(x) = average of l(x; row) over the rows of a table. `term`: an expression of the d coordinates and then of the
/// columns. Throws std::invalid_argument for a table without rows, another number of variables or a predicate.
std::shared_ptr<const Landscape> data_landscape(const Expression& term, int dimension, const DataTable& table);

}  // namespace valleyflux
