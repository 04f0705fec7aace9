#include "solver/discretisation/discretise.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace valleyflux {

LineIntegrator line_integrator(const Problem<1>& problem) {
  const Grid<1>& grid = problem.grid;
  Eigen::MatrixXd centres(1, grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) centres(0, cell) = grid.centre(cell)[0];
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(centres, false, diffusion);
  const double largest = diffusion.tensor.maxCoeff();
  return {problem.dynamics, largest > 0 ? largest : 1.0};
}

template <>
Discretisation<1> discretise(const Problem<1>& problem) {
  const Axis& axis = problem.grid.axis(0);
  const Index n = axis.cells();
  const LineIntegrator integrate = line_integrator(problem);

  Discretisation<1> result;
  Generator& generator = result.generator;
  generator.states = n;
  generator.exit = Eigen::VectorXd::Zero(n);
  result.log_mass.resize(n);

  // Halves of every cell, left of the centre and right of it. A control volume that ends at an absorbing wall reaches
  // only half-way to it: the density vanishes there.
  std::vector<LineIntegral> left(static_cast<std::size_t>(n)), right(static_cast<std::size_t>(n));
  std::vector<std::string> failure(static_cast<std::size_t>(n));
#pragma omp parallel for schedule(dynamic, 64)
  for (Index i = 0; i < n; ++i) {
    const auto c = static_cast<std::size_t>(i);
    try {
      const double x = axis.centre(i);
      left[c] = integrate(axis.edge(i), x);
      right[c] = integrate(x, axis.edge(i + 1));
      LineIntegral before = left[c], after = right[c];
      if (i == 0 && axis.lower() == Boundary::absorbing) before = integrate(0.5 * (axis.min() + x), x);
      if (i == n - 1 && axis.upper() == Boundary::absorbing) after = integrate(x, 0.5 * (x + axis.max()));
      const double mass_before = before.log_mass + before.rise;  // relative to the centre
      const double high = std::max(mass_before, after.log_mass);
      result.log_mass[i] = high + std::log(std::exp(mass_before - high) + std::exp(after.log_mass - high));
    } catch (const SolverError& error) {
      failure[c] = error.what();  // no exception may leave the parallel loop
    }
  }
  for (const std::string& message : failure)
    if (!message.empty()) throw SolverError(message);

  const auto add_edge = [&](Index i, Index j, int displacement) {
    const LineIntegral between = joined(right[static_cast<std::size_t>(i)], left[static_cast<std::size_t>(j)]);
    const double forward = std::exp(-result.log_mass[i] - between.log_resistance);
    const double backward = std::exp(-result.log_mass[j] - between.log_resistance + between.rise);
    if (!std::isfinite(forward) || !std::isfinite(backward))
      throw SolverError(fmt::format("a transition rate is not finite near x = {}", axis.edge(i + 1)));
    const bool ascending = i < j;
    generator.from.push_back(static_cast<std::int32_t>(ascending ? i : j));
    generator.to.push_back(static_cast<std::int32_t>(ascending ? j : i));
    generator.forward.push_back(ascending ? forward : backward);
    generator.backward.push_back(ascending ? backward : forward);
    result.displacement.push_back(Offset<1>(ascending ? displacement : -displacement));
  };
  add_edge(0, 1, 1);
  if (axis.periodic()) add_edge(n - 1, 0, 1);  // keeps the edges sorted: {0, 1}, {0, n-1}, {1, 2}, ...
  for (Index i = 1; i + 1 < n; ++i) add_edge(i, i + 1, 1);
  if (axis.lower() == Boundary::absorbing)
    generator.exit[0] = std::exp(-result.log_mass[0] - left[0].log_resistance + left[0].rise);
  if (axis.upper() == Boundary::absorbing)
    generator.exit[n - 1] = std::exp(-result.log_mass[n - 1] - right.back().log_resistance);
  close_blocked_edges(problem, result);
  return result;
}

}  // namespace valleyflux
