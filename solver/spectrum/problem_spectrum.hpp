#pragma once

#include "solver/level.hpp"
#include "solver/solution.hpp"
#include "solver/spectrum/leading_spectrum.hpp"
#include "solver/spectrum/spectrum_on_grids.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

/// The leading spectrum of a problem, where it is asked for: found on its own grid, with errors from others.
template <int Dim>
class ProblemSpectrum {
 public:
  explicit ProblemSpectrum(Solution<Dim>& solution);

  /// On the problem's own grid, eigenfunctions included.
  void find(const Level<Dim>& level);
  /// On another grid, for the errors: where it fails there, they are told from fewer grids.
  void add(const Level<Dim>& level);
  /// What becomes of the eigenvalues of the problem's own grid, the only one until then, where walls of the domain are
  /// moved by up to a cell (moved_walls.hpp); nothing: not known.
  void compare_walls(const std::optional<std::vector<Level<Dim>>>& levels);
  /// Whether a finer grid is needed to see the narrowest valley on the line.
  bool wants_finer() const;
  /// Puts the errors among the results, and removes what no grid has seen.
  void finish();

 private:
  LeadingSpectrum spectrum_of(const Level<Dim>& level) const;
  void show_spectrum(const Level<Dim>& level, const LeadingSpectrum& spectrum) const;
  /// On the line: cells of the finest grid of the spectrum over the width of the narrowest valley.
  double spectrum_cells_over_width() const;

  Solution<Dim>& solution_;
  double own_cells_over_width_ = 0.0;  // the same of the problem's own grid
  SpectrumOnGrids spectra_;
  double own_spacing_ = 0.0;
  std::vector<double> walls_;  // of each eigenvalue, by moving walls; empty: there are none within cells
};

extern template class ProblemSpectrum<1>;
extern template class ProblemSpectrum<2>;

}  // namespace valleyflux
