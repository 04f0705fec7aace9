#pragma once

#include "problems/tables/table_function.hpp"

#include <memory>

namespace valleyflux {

/// x on [-2, 2], of 33 points: its spline is the straight line.
inline TabulatedValues straight_table() {
  TabulatedValues table;
  table.axes = {{"x", -2.0, 0.125, 33}};
  table.values = Eigen::VectorXd::LinSpaced(33, -2.0, 2.0);
  return table;
}

/// A table as a smooth function, held beyond its ends.
inline std::shared_ptr<const TableFunction> held_function(const TabulatedValues& table) {
  return std::make_shared<const TableFunction>("t", table, TableFunction::Shape::smooth, TableFunction::Beyond::held);
}

}  // namespace valleyflux
