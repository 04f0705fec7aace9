#include "solver/memory_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

double elimination_estimate(int dimension, double cells) {
  if (dimension == 1) return 0.0;
  // Factors of a nested dissection grow like n log n; measured: 720 bytes a cell at 2^20 cells. Long offsets take more.
  return cells * 36.0 * std::log2(std::max(cells, 2.0));
}

double multilevel_estimate(double cells) {
  constexpr double of_cell = 900.0;  // measured: 610 at 2^20 cells for one first passage, 760 with law and network
  return cells * of_cell;
}

double memory_estimate(int dimension, double cells) {
  return cells * bytes_of_cell + elimination_estimate(dimension, cells);
}

}  // namespace valleyflux
