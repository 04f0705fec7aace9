#include "solver/level.hpp"

#include "solver/discretisation/departing_cell.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <utility>

namespace valleyflux {

namespace {

/// As state_labels, and the parts of the states in the valleys: what a region takes most is to be asked for its cells.
template <int Dim>
std::pair<std::vector<int>, ValleyParts> labels_and_parts(const Problem<Dim>& problem, const StateSpace<Dim>& space) {
  const auto valleys = static_cast<int>(problem.valleys.size());
  std::vector<int> labels(static_cast<std::size_t>(space.states()), -1);
  std::vector<Eigen::Triplet<double>> entries;
  for (int v = 0; v < valleys; ++v) {
    const Region<Dim>& region = problem.valleys[static_cast<std::size_t>(v)].region;
    const std::vector<char> inside = space.inside(region);
    const Eigen::VectorXd part = space.parts_in(region, inside);
    for (Index state = 0; state < part.size(); ++state) {
      int& label = labels[static_cast<std::size_t>(state)];
      if (label < 0 && inside[static_cast<std::size_t>(state)]) label = v;
      if (part[state] > 0) entries.emplace_back(v, static_cast<int>(state), part[state]);
    }
  }
  ValleyParts parts(valleys, space.states());
  parts.setFromTriplets(entries.begin(), entries.end());
  return {std::move(labels), std::move(parts)};
}

}  // namespace

template <int Dim>
Level<Dim> make_level(const Problem<Dim>& problem, int level, const LevelOptions& options, double raise) {
  Problem<Dim> on_grid = problem;
  if (level > 0) on_grid.grid = problem.grid.coarsened(Index{1} << level);
  if (level < 0) on_grid.grid = problem.grid.refined(Index{1} << -level);
  double spacing = 1.0;
  for (int k = 0; k < Dim; ++k) spacing = std::min(spacing, 1.0 / static_cast<double>(on_grid.grid.axis(k).cells()));
  Discretisation<Dim> discretisation = discretise<Dim>(on_grid, raise);
  if (options.departing_cell_rates) use_departing_cell_rates<Dim>(on_grid, discretisation);
  auto [labels, parts] = labels_and_parts<Dim>(on_grid, discretisation.space);
  Engines engines(options.engine, Dim, static_cast<double>(on_grid.grid.cells()), options.memory, options.report);
  return {std::move(on_grid),
          spacing,
          std::move(discretisation),
          std::move(labels),
          std::move(parts),
          std::move(engines),
          {},
          "",
          {},
          std::make_shared<KeptOfLevel<Dim>>(KeptOfLevel<Dim>{options, {}, {}, {}, {}, {}})};
}

template <int Dim>
std::optional<Level<Dim>> level_at_wall(const Level<Dim>& level, const Escape& escape) {
  const AbsorbingWall* wall = target_wall<Dim>(level.problem, escape);
  if (!wall) return std::nullopt;
  const Axis& axis = level.problem.grid.axis(wall->axis);
  if ((wall->upper ? axis.upper() : axis.lower()) == Boundary::absorbing) return std::nullopt;
  Level<Dim> made =
      make_level<Dim>(escape_problem<Dim>(level.problem, escape), 0, level.kept->options, level.discretisation.raise);
  made.no_stationary = wall->name + " takes the probability of this escape";
  return made;
}

template <int Dim>
void find_stationary(Level<Dim>& level) {
  if (level.stationary || !level.no_stationary.empty()) return;
  if (level.discretisation.generator.exit.maxCoeff() > 0) {
    level.no_stationary = "probability is lost at an absorbing wall";
    return;
  }
  try {
    level.stationary = engine_of(level)->stationary(level.discretisation.generator);
    constexpr double near_underflow = 1e-280, large = 1e200;
    const Eigen::VectorXd probability = level.parts * *level.stationary;
    if (probability.size() > 0 && probability.minCoeff() < near_underflow)
      level.enlarged = engine_of(level)->stationary(level.discretisation.generator, large);
  } catch (const SolverError& error) {
    level.no_stationary = error.what();
  }
}

template <int Dim>
const std::shared_ptr<const EliminationOrder>& order_of(const Level<Dim>& level) {
  KeptOfLevel<Dim>& kept = *level.kept;
  if (kept.order) return kept.order;
  const Generator& generator = level.discretisation.generator;
  const Eigen::MatrixXi lattice = level.discretisation.space.lattice();
  const std::shared_ptr<KnownOrders>& orders = kept.options.orders;
  kept.order = orders ? orders->order_of(generator, lattice) : std::make_shared<EliminationOrder>(generator, lattice);
  return kept.order;
}

template <int Dim>
const std::shared_ptr<const LinearEngine>& engine_of(const Level<Dim>& level) {
  std::shared_ptr<const LinearEngine>& engine = level.kept->engine;
  if (engine) return engine;
  if (level.engines.multilevel())
    engine = level.engines.make_multilevel(level.discretisation.space.lattice());
  else
    engine = order_of(level);
  return engine;
}

template <int Dim>
const LinearEngine* known_engine(const Level<Dim>& level) {
  const KeptOfLevel<Dim>& kept = *level.kept;
  const bool at_hand = kept.engine || kept.order || kept.options.orders || level.engines.multilevel();
  return at_hand ? engine_of(level).get() : nullptr;
}

template <int Dim>
const SolvedCores<Dim>& cores_on(const Level<Dim>& level, const std::vector<int>& valleys) {
  KeptOfLevel<Dim>& kept = *level.kept;
  if (kept.cores && kept.valleys == valleys) return *kept.cores;
  kept.cores.reset();
  std::vector<Region<Dim>> cores;
  for (const int valley : valleys) cores.push_back(level.problem.valleys[static_cast<std::size_t>(valley)].core);
  kept.cores = solve_cores<Dim>(level.problem, level.discretisation, std::move(cores), level.stationary_weights(),
                                *engine_of(level));
  kept.valleys = valleys;
  return *kept.cores;
}

template Level<1> make_level(const Problem<1>&, int, const LevelOptions&, double);
template Level<2> make_level(const Problem<2>&, int, const LevelOptions&, double);
template std::optional<Level<1>> level_at_wall(const Level<1>&, const Escape&);
template std::optional<Level<2>> level_at_wall(const Level<2>&, const Escape&);
template void find_stationary(Level<1>&);
template void find_stationary(Level<2>&);
template const std::shared_ptr<const EliminationOrder>& order_of(const Level<1>&);
template const std::shared_ptr<const EliminationOrder>& order_of(const Level<2>&);
template const std::shared_ptr<const LinearEngine>& engine_of(const Level<1>&);
template const std::shared_ptr<const LinearEngine>& engine_of(const Level<2>&);
template const LinearEngine* known_engine(const Level<1>&);
template const LinearEngine* known_engine(const Level<2>&);
template const SolvedCores<1>& cores_on(const Level<1>&, const std::vector<int>&);
template const SolvedCores<2>& cores_on(const Level<2>&, const std::vector<int>&);

}  // namespace valleyflux
