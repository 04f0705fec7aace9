#include "solver/memory_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

double memory_estimate(int dimension, double cells) {
  if (dimension == 1) return cells * bytes_of_cell;
  // Factors of a nested dissection grow like n log n; measured: 720 bytes a cell at 2^20 cells. Long offsets take more.
  return cells * (bytes_of_cell + 36.0 * std::log2(std::max(cells, 2.0)));
}

}  // namespace valleyflux
