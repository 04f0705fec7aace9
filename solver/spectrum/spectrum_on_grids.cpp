#include "solver/spectrum/spectrum_on_grids.hpp"

#include "solver/escape/grid_convergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

void SpectrumOnGrids::add(std::vector<std::complex<double>> eigenvalues, double spacing) {
  const auto place = std::find_if(grids_.begin(), grids_.end(), [&](const auto& grid) { return grid.first > spacing; });
  grids_.emplace(place, spacing, std::move(eigenvalues));
}

std::vector<double> SpectrumOnGrids::errors() const {
  std::vector<double> all;
  if (grids_.empty()) return all;
  for (const std::complex<double>& value : grids_.front().second) {
    GridSeries rates;
    double largest = 0.0;
    std::complex<double> last = value;
    bool real = true;
    for (const auto& [spacing, eigenvalues] : grids_) {
      if (eigenvalues.empty()) continue;
      const std::complex<double> nearest =
          *std::min_element(eigenvalues.begin(), eigenvalues.end(),
                            [&](const auto& a, const auto& b) { return std::abs(a - last) < std::abs(b - last); });
      largest = std::max(largest, std::abs(nearest - last));
      real = real && nearest.imag() == 0;
      rates.add(spacing, -nearest.real());
      last = nearest;
    }
    constexpr double safety = 3.0;
    if (value == 0.0) {
      all.push_back(0.0);
    } else if (grids_.size() == 1) {
      all.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if (const GridConvergence converged = rates.converged(); real && converged.low) {
      all.push_back(std::max(*converged.high + value.real(), -value.real() - *converged.low));
    } else {
      all.push_back(safety * largest);
    }
  }
  return all;
}

}  // namespace valleyflux
