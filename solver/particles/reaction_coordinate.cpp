#include "solver/particles/reaction_coordinate.hpp"

#include "grids/interpolated_field.hpp"
#include "problems/expressions/block_program.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/core_process.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

double value_at(const ReactionCoordinate& coordinate, const std::vector<double>& x) {
  double value[program_block];
  coordinate(block_of(x).data(), value, program_block, program_block);
  return value[0];
}

ReactionCoordinate expression_coordinate(const Expression& expression) {
  ExpressionGraph graph(expression.dimension());
  return [program = BlockProgram(graph, {expression.append_to(graph)})](const double* x, double* value,
                                                                        std::ptrdiff_t count, std::ptrdiff_t stride) {
    program.run(x, value, count, stride);
  };
}

namespace {

/// Of the states: the probability of reaching the target before the core.
template <int Dim>
Eigen::VectorXd committor_to_region(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                    const Region<Dim>& core, const Region<Dim>& target, const LinearEngine& whole) {
  constexpr std::size_t arrived = 1;
  const CoreProcess<Dim> process(problem, discretisation, {core, target});
  return process.committors(*process.solver(whole), {arrived});
}

/// The same of a wall of the box that absorbs.
template <int Dim>
Eigen::VectorXd committor_to_wall(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                  const Region<Dim>& core, const AbsorbingWall& wall, const LinearEngine& whole) {
  const KilledProcess<Dim> process = killed_process<Dim>(problem, discretisation, core, -1, &wall);
  if (process.trapped >= 0)
    throw SolverError("neither core nor wall can be reached from " +
                      named_coordinates<Dim>(problem.grid, discretisation.space.position(process.trapped)));
  Eigen::VectorXd arrival = Eigen::VectorXd::Zero(process.generator.states);
  for (const SurfaceCut<Dim>& cut : process.cuts)
    if (cut.beyond < 0) arrival[cut.state] += cut.exit;
  return process.over_whole(whole.part(process.generator, process.whole)->factorise(process.generator)->solve(arrival));
}

}  // namespace

template <int Dim>
ReactionCoordinate committor_coordinate(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                        const Escape& escape) {
  const Region<Dim>& core = problem.valleys[static_cast<std::size_t>(escape.from)].core;
  const EliminationOrder whole(discretisation.generator, discretisation.space.lattice());
  const AbsorbingWall* wall = target_wall<Dim>(problem, escape);
  Eigen::VectorXd logarithm = discretisation.space.at_cells(
      wall ? committor_to_wall<Dim>(problem, discretisation, core, *wall, whole)
           : committor_to_region<Dim>(problem, discretisation, core, escape_target<Dim>(problem, escape), whole));
  double least = 1.0;
  for (const double q : logarithm)
    if (q > 0) least = std::min(least, q);
  // In the core below all others, but not so far that the cells around would take on its value.
  const double in_core = std::log(least) - 1.0;
  for (double& q : logarithm)
    if (!std::isnan(q)) q = q > 0 ? std::log(q) : in_core;
  continue_beyond_domain(problem.grid, logarithm);
  return [field = InterpolatedField<Dim>(problem.grid, logarithm)](const double* x, double* value, std::ptrdiff_t count,
                                                                   std::ptrdiff_t stride) {
    for (std::ptrdiff_t p = 0; p < count; ++p) {
      Point<Dim> at;
      for (int k = 0; k < Dim; ++k) at[k] = x[k * stride + p];
      value[p] = field(at);
    }
  };
}

template <int Dim>
double largest_in_core(const Problem<Dim>& problem, int valley, const ReactionCoordinate& coordinate) {
  const Valley<Dim>& of = problem.valleys[static_cast<std::size_t>(valley)];
  const auto value = [&](const Point<Dim>& x) { return value_at(coordinate, {x.data(), x.data() + Dim}); };
  double largest = of.minimum ? value(of.minimum->position) : -std::numeric_limits<double>::infinity();
  const std::vector<char> inside = of.core.cells(problem.grid);
  for (std::size_t cell = 0; cell < inside.size(); ++cell)
    if (inside[cell]) largest = std::max(largest, value(problem.grid.centre(static_cast<Index>(cell))));
  return largest;
}

template ReactionCoordinate committor_coordinate(const Problem<1>&, const Discretisation<1>&, const Escape&);
template ReactionCoordinate committor_coordinate(const Problem<2>&, const Discretisation<2>&, const Escape&);
template double largest_in_core(const Problem<1>&, int, const ReactionCoordinate&);
template double largest_in_core(const Problem<2>&, int, const ReactionCoordinate&);

}  // namespace valleyflux
