#include "solver/particles/particle_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace valleyflux {

namespace {

/// Draws places from probabilities of cells.
template <int Dim>
class Places {
 public:
  Places(const Grid<Dim>& grid, const Eigen::VectorXd& probability, std::uint64_t seed) : grid_(grid), random_(seed) {
    double sum = 0.0;
    for (const double p : probability) below_.push_back(sum += p);
  }

  std::vector<double> operator()(std::uint32_t particle) const {
    const double u = random_.uniform(RandomStream::start, particle, 0) * below_.back();
    const auto cell = std::upper_bound(below_.begin(), below_.end() - 1, u) - below_.begin();
    const Offset<Dim> at = grid_.coordinates(cell);
    std::vector<double> x;
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = grid_.axis(k);
      const double low = axis.edge(at[k]), high = axis.edge(at[k] + 1);
      const double part = random_.uniform(RandomStream::start, particle, static_cast<std::uint64_t>(k) + 1);
      x.push_back(std::min(low + part * (high - low), std::nextafter(high, low)));
    }
    return x;
  }

 private:
  const Grid<Dim>& grid_;
  RandomNumbers random_;
  std::vector<double> below_;
};

template <int Dim>
Index cell_at(const Grid<Dim>& grid, const double* x) {
  Offset<Dim> cell;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    cell[k] = std::clamp(static_cast<int>(std::floor(axis.cell_coordinate(x[k]) + 0.5)), 0,
                         static_cast<int>(axis.cells()) - 1);
  }
  return grid.cell(cell);
}

/// E |X - m| of a Poisson number X of mean m.
double mean_deviation(double m) {
  if (!(m > 0)) return 0.0;
  const double floor = std::floor(m);
  return 2.0 * std::exp(-m + (floor + 1.0) * std::log(m) - std::lgamma(floor + 1.0));
}

}  // namespace

template <int Dim>
ParticleHistogram particle_histogram(const Problem<Dim>& problem, const Eigen::VectorXd& initial, double until,
                                     const Eigen::VectorXd& probability, const ParticleOptions& options,
                                     const ParticleObserver& observer) {
  const Grid<Dim>& grid = problem.grid;
  require_step(options.step);
  constexpr double whole_rounds = 4.0;
  ParticleOptions to_the_end = options;
  to_the_end.step = until / (whole_rounds * std::ceil(until / (whole_rounds * options.step)));
  to_the_end.time_limit = until;
  // Nothing but absorbing walls takes particles away.
  const GridExitSurface<Dim> walls = surface_of<Dim>(problem, Region<Dim>(), to_the_end.step);
  std::vector<double> ends;
  const FirstExits exits = first_exits(particle_system<Dim>(problem), Places<Dim>(grid, initial, options.seed), walls,
                                       to_the_end, observer, &ends);
  ParticleHistogram result;
  result.time = until;
  result.particles = options.particles;
  result.complete = exits.complete;
  result.probability.setZero(grid.cells());
  const double one = 1.0 / options.particles;
  for (std::size_t n = 0; n < exits.escaped.size(); ++n)
    if (exits.escaped[n])
      result.lost += one;
    else
      result.probability[cell_at<Dim>(grid, ends.data() + n * Dim)] += one;
  double variance = 0.0;
  const auto compare = [&](double found, double expected) {
    const double count = expected / one, deviation = mean_deviation(count);
    result.total_variation += 0.5 * std::abs(found - expected);
    result.expected += 0.5 * one * deviation;
    variance += 0.25 * one * one * std::max(count - deviation * deviation, 0.0);
  };
  for (Index cell = 0; cell < grid.cells(); ++cell) compare(result.probability[cell], probability[cell]);
  compare(result.lost, std::max(1.0 - probability.sum(), 0.0));
  result.error = std::sqrt(variance);
  return result;
}

template ParticleHistogram particle_histogram(const Problem<1>&, const Eigen::VectorXd&, double, const Eigen::VectorXd&,
                                              const ParticleOptions&, const ParticleObserver&);
template ParticleHistogram particle_histogram(const Problem<2>&, const Eigen::VectorXd&, double, const Eigen::VectorXd&,
                                              const ParticleOptions&, const ParticleObserver&);

}  // namespace valleyflux
