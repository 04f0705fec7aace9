#include "solver/evolution/initial_density.hpp"

#include "grids/disjoint_sets.hpp"
#include "solver/elimination/elimination.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Takes the valley's cells that no chain of its own cells joins to the others out of `state`: at the crest of a narrow
/// ridge a basin ends in tongues thinner than a cell, and the grid meets them here and there. Throws SolverError where
/// that leaves out more than a few.
template <int Dim>
void keep_largest_part(const Problem<Dim>& problem, const Generator& all, int valley, std::vector<Index>& state) {
  DisjointSets parts(static_cast<Index>(state.size()));
  for (std::size_t e = 0; e < all.from.size(); ++e) {
    const Index i = all.from[e], j = all.to[e];
    if (state[static_cast<std::size_t>(i)] >= 0 && state[static_cast<std::size_t>(j)] >= 0 &&
        (all.forward[e] > 0 || all.backward[e] > 0))
      parts.join(i, j);
  }
  std::vector<Index> size(state.size(), 0);
  Index cells = 0;
  for (std::size_t cell = 0; cell < state.size(); ++cell)
    if (state[cell] >= 0) {
      ++size[static_cast<std::size_t>(parts.root(static_cast<Index>(cell)))];
      ++cells;
    }
  const auto largest = std::max_element(size.begin(), size.end());
  constexpr double few = 0.01;
  if (static_cast<double>(cells - *largest) > few * static_cast<double>(cells))
    throw SolverError(fmt::format("valley \"{}\" has no local equilibrium: it is in parts that nothing joins",
                                  problem.valleys[static_cast<std::size_t>(valley)].name));
  for (std::size_t cell = 0; cell < state.size(); ++cell)
    if (state[cell] >= 0 && parts.root(static_cast<Index>(cell)) != largest - size.begin()) state[cell] = -1;
}

}  // namespace

template <int Dim>
Eigen::VectorXd local_equilibrium(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                  const std::vector<int>& labels, int valley) {
  std::vector<Index> state(labels.size(), -1);
  for (std::size_t s = 0; s < labels.size(); ++s)
    if (labels[s] == valley) state[s] = 0;
  keep_largest_part<Dim>(problem, discretisation.generator, valley, state);
  std::vector<Index> whole;
  for (std::size_t s = 0; s < labels.size(); ++s)
    if (state[s] >= 0) {
      state[s] = static_cast<Index>(whole.size());
      whole.push_back(static_cast<Index>(s));
    }
  Generator inside;
  inside.states = static_cast<Index>(whole.size());
  inside.exit = Eigen::VectorXd::Zero(inside.states);
  const Generator& all = discretisation.generator;
  for (std::size_t e = 0; e < all.from.size(); ++e) {
    const Index i = state[static_cast<std::size_t>(all.from[e])], j = state[static_cast<std::size_t>(all.to[e])];
    if (i < 0 || j < 0) continue;
    inside.from.push_back(static_cast<std::int32_t>(i));
    inside.to.push_back(static_cast<std::int32_t>(j));
    inside.forward.push_back(all.forward[e]);
    inside.backward.push_back(all.backward[e]);
  }
  const Eigen::MatrixXi positions = discretisation.space.lattice()(Eigen::all, whole);
  Eigen::VectorXd law;
  try {
    law = stationary_probabilities(EliminationOrder(inside, positions), inside);
  } catch (const SolverError& error) {
    throw SolverError(fmt::format("valley \"{}\" has no local equilibrium: {}",
                                  problem.valleys[static_cast<std::size_t>(valley)].name, error.what()));
  }
  Eigen::VectorXd p = Eigen::VectorXd::Zero(all.states);
  p(whole) = law;
  return p;
}

template <int Dim>
Eigen::VectorXd gaussian(const Grid<Dim>& grid, const std::vector<double>& mean, const std::vector<double>& sd) {
  if (mean.size() != Dim || sd.size() != Dim)
    throw std::invalid_argument(
        fmt::format("a Gaussian needs {} means and deviations (got {}, {})", Dim, mean.size(), sd.size()));
  std::vector<Eigen::VectorXd> share;  // of each cell, by axis
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    const double centre = mean[static_cast<std::size_t>(k)], width = sd[static_cast<std::size_t>(k)];
    if (!(width > 0)) throw std::invalid_argument(fmt::format("standard deviations must be positive (got {})", width));
    // The difference of error functions of one sign: complements keep the tails.
    const auto between = [&](double a, double b) {
      a = (a - centre) / (width * std::numbers::sqrt2);
      b = (b - centre) / (width * std::numbers::sqrt2);
      if (a > 0) return 0.5 * (std::erfc(a) - std::erfc(b));
      if (b < 0) return 0.5 * (std::erfc(-b) - std::erfc(-a));
      return 0.5 * (std::erf(b) - std::erf(a));
    };
    Eigen::VectorXd cells(axis.cells());
    const double period = axis.max() - axis.min();
    const int turns = axis.periodic() ? static_cast<int>(std::ceil(8.0 * width / period)) + 1 : 0;
    for (Index i = 0; i < axis.cells(); ++i) {
      cells[i] = 0.0;
      for (int turn = -turns; turn <= turns; ++turn)
        cells[i] += between(axis.edge(i) + turn * period, axis.edge(i + 1) + turn * period);
    }
    share.push_back(std::move(cells));
  }
  Eigen::VectorXd p(grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    const Offset<Dim> at = grid.coordinates(cell);
    p[cell] = grid.holds(cell) ? 1.0 : 0.0;
    for (int k = 0; k < Dim; ++k) p[cell] *= share[static_cast<std::size_t>(k)][at[k]];
  }
  const double total = p.sum();
  if (!(total > 1e-6))
    throw std::invalid_argument(
        fmt::format("the initial Gaussian at ({}) lies outside the domain", fmt::join(mean, ", ")));
  return p / total;
}

template <int Dim>
Eigen::VectorXd from_density(const Grid<Dim>& grid, const std::function<double(const Point<Dim>&)>& density) {
  Eigen::VectorXd p(grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    const Point<Dim> x = grid.centre(cell);
    const double value = grid.holds(cell) ? density(x) : 0.0;
    if (!(value >= 0) || !std::isfinite(value))
      throw std::invalid_argument(fmt::format("the initial density must be finite and not negative (got {} at ({}))",
                                              value, fmt::join(x.data(), x.data() + Dim, ", ")));
    p[cell] = value * grid.volume(cell);
  }
  const double total = p.sum();
  if (!(total > 0) || !std::isfinite(total)) throw std::invalid_argument("the initial density is zero at every cell");
  return p / total;
}

template Eigen::VectorXd local_equilibrium(const Problem<1>&, const Discretisation<1>&, const std::vector<int>&, int);
template Eigen::VectorXd local_equilibrium(const Problem<2>&, const Discretisation<2>&, const std::vector<int>&, int);
template Eigen::VectorXd gaussian(const Grid<1>&, const std::vector<double>&, const std::vector<double>&);
template Eigen::VectorXd gaussian(const Grid<2>&, const std::vector<double>&, const std::vector<double>&);
template Eigen::VectorXd from_density(const Grid<1>&, const std::function<double(const Point<1>&)>&);
template Eigen::VectorXd from_density(const Grid<2>&, const std::function<double(const Point<2>&)>&);

}  // namespace valleyflux
