#include "problems/valleys/steps.hpp"

#include "problems/expressions/breakpoints.hpp"
#include "problems/valleys/kinks.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

Eigen::VectorXd heights_at(const Landscape& landscape, const Eigen::MatrixXd& points) {
  FieldSamples samples;
  landscape.sample(points, 0, samples);
  return samples.value;
}

/// Columns: the ends of the intervals along axis k.
template <int Dim>
void lattice_intervals(const Grid<Dim>& grid, int k, Eigen::MatrixXd& low, Eigen::MatrixXd& high) {
  constexpr Index along = 512, across = 64;
  const Index lines = Dim > 1 ? across : 1;
  low.resize(Dim, along * lines);
  for (Index line = 0; line < lines; ++line)
    for (Index n = 0; n < along; ++n)
      for (int j = 0; j < Dim; ++j) {
        const Axis& axis = grid.axis(j);
        // No round numbers: a line along a step sees nothing of it.
        const double share = j == k ? static_cast<double>(n) / along : (static_cast<double>(line) + 0.487) / across;
        low(j, line * along + n) = axis.min() + share * (axis.max() - axis.min());
      }
  high = low;
  high.row(k).array() += (grid.axis(k).max() - grid.axis(k).min()) / along;
}

}  // namespace

template <int Dim>
std::optional<Point<Dim>> step_of(const Landscape& landscape, const Grid<Dim>& grid) {
  if (!may_have_kinks(landscape)) return std::nullopt;
  if constexpr (Dim == 1) {
    ExpressionGraph graph(1);
    const Breakpoints found =
        find_breakpoints(graph, {*landscape.append_to(graph)}, grid.axis(0).min(), grid.axis(0).max());
    for (std::size_t n = 0; found.complete && n < found.places.size(); ++n)
      if (const double step = found.after(0, static_cast<Index>(n)) - found.before(0, static_cast<Index>(n));
          step != 0.0 && std::isfinite(step))
        return Point<1>(found.places[n]);
    if (found.complete) return std::nullopt;
  }
  for (int k = 0; k < Dim; ++k) {
    Eigen::MatrixXd low, high;
    lattice_intervals<Dim>(grid, k, low, high);
    Eigen::VectorXd below = heights_at(landscape, low), above = heights_at(landscape, high);
    const Eigen::VectorXd first = (above - below).cwiseAbs();
    constexpr int halvings = 40;
    for (int halving = 0; halving < halvings; ++halving) {
      const Eigen::MatrixXd middle = 0.5 * (low + high);
      const Eigen::VectorXd between = heights_at(landscape, middle);
      for (Index n = 0; n < low.cols(); ++n) {
        const bool lower = std::abs(between[n] - below[n]) > std::abs(above[n] - between[n]);
        (lower ? high : low).col(n) = middle.col(n);
        (lower ? above : below)[n] = between[n];
      }
    }
    // What is left of a slope is 2^-40 of it; of a step all.
    constexpr double kept = 1e-3, round_off = 1e-9;
    for (Index n = 0; n < low.cols(); ++n) {
      const double step = std::abs(above[n] - below[n]);
      const double size = std::max({std::abs(above[n]), std::abs(below[n]), 1e-300});
      if (std::isfinite(step) && step > kept * first[n] && step > round_off * size && grid.contains(low.col(n)))
        return Point<Dim>(low.col(n));
    }
  }
  return std::nullopt;
}

template std::optional<Point<1>> step_of(const Landscape&, const Grid<1>&);
template std::optional<Point<2>> step_of(const Landscape&, const Grid<2>&);

}  // namespace valleyflux
