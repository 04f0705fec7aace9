#include "solver/spectrum/problem_spectrum.hpp"

#include "solver/escape/valley_width.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <string>
#include <vector>

namespace valleyflux {

template <int Dim>
ProblemSpectrum<Dim>::ProblemSpectrum(Solution<Dim>& solution) : solution_(solution) {
  if constexpr (Dim == 1)
    if (solution.request.modes > 0) own_cells_over_width_ = cells_over_width(solution.problem);
}

template <int Dim>
LeadingSpectrum ProblemSpectrum<Dim>::spectrum_of(const Level<Dim>& level) const {
  const Generator& generator = level.discretisation.generator;
  // Where probability is lost, what is left of it after a while weighs the cells as well.
  const Eigen::VectorXd weights =
      level.stationary ? *level.stationary
                       : engine_of(level)->factorise(generator)->solve_forward(Eigen::VectorXd::Ones(generator.states));
  const StateSpace<Dim>& space = level.discretisation.space;
  std::vector<Index> references;
  for (const auto& point : solution_.problem.critical_points)
    if (point.index == 0) references.push_back(space.nearest(point.position));
  if (references.empty()) {
    Index likeliest = 0;
    weights.maxCoeff(&likeliest);
    references.push_back(likeliest);
  }
  std::sort(references.begin(), references.end());
  references.erase(std::unique(references.begin(), references.end()), references.end());
  return leading_spectrum(generator, *order_of(level), weights, references, solution_.request.modes);
}

template <int Dim>
void ProblemSpectrum<Dim>::show_spectrum(const Level<Dim>& level, const LeadingSpectrum& spectrum) const {
  const StateSpace<Dim>& space = level.discretisation.space;
  const Eigen::VectorXd volume = solution_.volumes();
  SpectrumFields fields{Eigen::MatrixXd(volume.size(), spectrum.right.cols()),
                        Eigen::MatrixXd(volume.size(), spectrum.left.cols())};
  for (Index mode = 0; mode < spectrum.right.cols(); ++mode) {
    fields.right.col(mode) = space.at_cells(spectrum.right.col(mode));
    fields.left.col(mode) = space.cell_probabilities(spectrum.left.col(mode)).cwiseQuotient(volume);
  }
  solution_.observer.spectrum(fields);
}

template <int Dim>
void ProblemSpectrum<Dim>::find(const Level<Dim>& level) {
  if (solution_.request.modes == 0) return;
  solution_.progress(0.0, "spectrum");
  try {
    LeadingSpectrum spectrum = spectrum_of(level);
    if (solution_.request.evolve) level.kept->factorised = std::move(spectrum.factorised);
    solution_.results.spectrum.assign(spectrum.eigenvalue.data(),
                                      spectrum.eigenvalue.data() + spectrum.eigenvalue.size());
    own_spacing_ = level.spacing;
    spectra_.add(solution_.results.spectrum, level.spacing);
    solution_.results.spectrum_bound.assign(spectrum.bound.begin(), spectrum.bound.end());
    if (solution_.observer.spectrum) show_spectrum(level, spectrum);
  } catch (const SolverError& error) {
    solution_.results.warnings.push_back(std::string("no leading spectrum: ") + error.what());
  }
}

template <int Dim>
void ProblemSpectrum<Dim>::add(const Level<Dim>& level) {
  if (solution_.results.spectrum.empty()) return;
  try {
    const LeadingSpectrum spectrum = spectrum_of(level);
    const auto modes = static_cast<Index>(solution_.results.spectrum.size());  // as many as there are eigenfunctions
    if (spectrum.eigenvalue.size() < modes) return;
    spectra_.add({spectrum.eigenvalue.data(), spectrum.eigenvalue.data() + modes}, level.spacing);
    if (level.spacing == spectra_.finest_spacing())
      solution_.results.spectrum_bound.assign(spectrum.bound.begin(), spectrum.bound.begin() + modes);
    solution_.results.spectrum = spectra_.finest();
  } catch (const SolverError&) {
    return;
  }
}

template <int Dim>
void ProblemSpectrum<Dim>::compare_walls(const std::optional<std::vector<Level<Dim>>>& levels) {
  const std::vector<std::complex<double>>& own = solution_.results.spectrum;
  if (own.empty()) return;
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  walls_.assign(own.size(), levels ? 0.0 : unknown);
  if (!levels) return;
  for (const Level<Dim>& level : *levels) {
    std::optional<LeadingSpectrum> moved;
    try {
      moved = spectrum_of(level);
    } catch (const SolverError&) {
      // Then nothing is known of any.
    }
    for (std::size_t k = 0; k < own.size(); ++k) {
      const auto mode = static_cast<Index>(k);
      const bool known = moved && mode < moved->eigenvalue.size() && !std::isnan(walls_[k]);
      walls_[k] = known ? std::max(walls_[k], std::abs(moved->eigenvalue[mode] - own[k])) : unknown;
    }
  }
}

template <int Dim>
double ProblemSpectrum<Dim>::spectrum_cells_over_width() const {
  if (Dim > 1 || solution_.results.spectrum.empty()) return 0.0;
  const double own = 1.0 / static_cast<double>(solution_.problem.grid.axis(0).cells());
  return own_cells_over_width_ * spectra_.finest_spacing() / own;
}

template <int Dim>
bool ProblemSpectrum<Dim>::wants_finer() const {
  return solution_.request.modes > 0 && !resolves(spectrum_cells_over_width());
}

template <int Dim>
void ProblemSpectrum<Dim>::finish() {
  Results& results = solution_.results;
  results.spectrum_error = spectra_.errors();
  for (std::size_t k = 0; k < std::min(walls_.size(), results.spectrum_error.size()); ++k)
    results.spectrum_error[k] += walls_[k] * spectra_.finest_spacing() / own_spacing_;
  if (solution_.request.grids > 1 && !shows(spectrum_cells_over_width())) {
    results.spectrum.clear();
    results.spectrum_error.clear();
    results.spectrum_bound.clear();
    results.warnings.emplace_back("no leading spectrum: a valley is narrower than half a cell of the finest grid");
  }
}

template class ProblemSpectrum<1>;
template class ProblemSpectrum<2>;

}  // namespace valleyflux
