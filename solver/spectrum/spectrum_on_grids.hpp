#pragma once

#include <complex>
#include <utility>
#include <vector>

namespace valleyflux {

/// Errors of leading eigenvalues, from coarser grids. Each eigenvalue is compared with the nearest one of the next
/// grid: real ones by the rules of extrapolate (the interval around it reaches to both ends of that of h = 0), complex
/// ones by three times the largest difference.
class SpectrumOnGrids {
 public:
  void add(std::vector<std::complex<double>> eigenvalues, double spacing);
  /// Those of the finest grid.
  const std::vector<std::complex<double>>& finest() const { return grids_.front().second; }
  double finest_spacing() const { return grids_.front().first; }
  /// Half-width of each of them; 0 for the eigenvalue 0, NaN where no other grid is known.
  std::vector<double> errors() const;

 private:
  std::vector<std::pair<double, std::vector<std::complex<double>>>> grids_;  // spacing, eigenvalues; finest first
};

}  // namespace valleyflux
