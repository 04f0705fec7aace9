#include "solver/escape/core_process.hpp"

#include "solver/discretisation/current_field.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace valleyflux {

namespace {

template <int Dim>
int core_containing(const std::vector<Region<Dim>>& cores, const Point<Dim>& x) {
  for (std::size_t c = 0; c < cores.size(); ++c)
    if (cores[c].contains(x)) return static_cast<int>(c);
  return -1;
}

template <int Dim>
std::vector<int> labelled(const Grid<Dim>& grid, const std::vector<Region<Dim>>& cores) {
  std::vector<int> label(static_cast<std::size_t>(grid.cells()));
  for (Index cell = 0; cell < grid.cells(); ++cell)
    label[static_cast<std::size_t>(cell)] = core_containing<Dim>(cores, grid.centre(cell));
  return label;
}

template <int Dim>
KilledProcess<Dim> between(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                           const std::vector<Region<Dim>>& cores) {
  if (cores.size() < 2) throw std::invalid_argument("a process between cores needs two of them");
  const Region<Dim> any([&cores](const Point<Dim>& x) { return core_containing<Dim>(cores, x) >= 0; });
  KilledProcess<Dim> process = killed_process<Dim>(problem, discretisation, any);
  if (process.trapped >= 0)
    throw SolverError("no core can be reached from " +
                      named_coordinates<Dim>(problem.grid, problem.grid.centre(process.trapped)));
  return process;
}

template <int Dim>
Elimination eliminated(const KilledProcess<Dim>& process) {
  return Elimination(EliminationOrder(process.generator, process.positions), process.generator);
}

}  // namespace

template <int Dim>
CoreProcess<Dim>::CoreProcess(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                              std::vector<Region<Dim>> cores)
    : grid_(problem.grid),
      cores_(cores.size()),
      core_of_(labelled<Dim>(problem.grid, cores)),
      process_(between<Dim>(problem, discretisation, cores)),
      elimination_(eliminated<Dim>(process_)) {
  for (const SurfaceCut<Dim>& cut : process_.cuts) core_of_cut_.push_back(core_containing<Dim>(cores, cut.arrival));
  const Generator& all = discretisation.generator;
  for (std::size_t e = 0; e < all.from.size(); ++e) {
    const int a = core_of_[static_cast<std::size_t>(all.from[e])], b = core_of_[static_cast<std::size_t>(all.to[e])];
    if (a < 0 || b < 0 || a == b) continue;
    direct_.push_back({all.from[e], all.to[e], all.forward[e]});
    direct_.push_back({all.to[e], all.from[e], all.backward[e]});
  }
}

template <int Dim>
Eigen::VectorXd CoreProcess<Dim>::committor(std::size_t core) const {
  Eigen::VectorXd arrival = Eigen::VectorXd::Zero(process_.generator.states);
  for (std::size_t k = 0; k < process_.cuts.size(); ++k)
    if (core_of_cut_[k] == static_cast<int>(core)) arrival[process_.cuts[k].state] += process_.cuts[k].exit;
  const Eigen::VectorXd reached = elimination_.solve(arrival);
  Eigen::VectorXd field(grid_.cells());
  for (Index cell = 0; cell < grid_.cells(); ++cell) {
    const Index state = process_.states[static_cast<std::size_t>(cell)];
    field[cell] = state >= 0 ? reached[state] : core_of_[static_cast<std::size_t>(cell)] == static_cast<int>(core);
  }
  return field;
}

template <int Dim>
double CoreProcess<Dim>::source(const SurfaceCut<Dim>& cut, const Eigen::VectorXd& stationary) const {
  const double here = stationary[process_.cells[static_cast<std::size_t>(cut.state)]];
  const double leaving = here * cut.outward, coming = stationary[cut.beyond] * cut.inward;
  constexpr double in_range = std::numeric_limits<double>::min();
  if (!(cut.exit >= in_range) || !(leaving >= in_range) || !(coming > 0))
    return coming;  // blocked one way, or carried across by a drift that lets nothing back
  // In detailed balance what enters is what leaves; a stationary current tilts it along the edge.
  return std::exp(std::log(here * process_.share[cut.state]) + std::log(cut.exit) +
                  cut.fraction * (std::log(coming) - std::log(leaving)));
}

template <int Dim>
Eigen::VectorXd CoreProcess<Dim>::left_last(std::size_t core, const Eigen::VectorXd& stationary) const {
  Eigen::VectorXd entering = Eigen::VectorXd::Zero(process_.generator.states);
  for (std::size_t k = 0; k < process_.cuts.size(); ++k)
    if (core_of_cut_[k] == static_cast<int>(core))
      entering[process_.cuts[k].state] += source(process_.cuts[k], stationary);
  const Eigen::VectorXd left = elimination_.solve_forward(entering);
  Eigen::VectorXd field(grid_.cells());
  for (Index cell = 0; cell < grid_.cells(); ++cell) {
    const auto c = static_cast<std::size_t>(cell);
    const Index state = process_.states[c];
    field[cell] = state >= 0                              ? left[state] / process_.share[state]
                  : core_of_[c] == static_cast<int>(core) ? stationary[cell]
                                                          : 0.0;
  }
  return field;
}

template <int Dim>
Eigen::VectorXd CoreProcess<Dim>::fluxes(std::size_t core, const Eigen::VectorXd& left,
                                         const Eigen::VectorXd& stationary) const {
  Eigen::VectorXd flux = Eigen::VectorXd::Zero(static_cast<Index>(cores_));
  for (std::size_t k = 0; k < process_.cuts.size(); ++k) {
    const SurfaceCut<Dim>& cut = process_.cuts[k];
    if (core_of_cut_[k] == static_cast<int>(core)) continue;
    flux[core_of_cut_[k]] +=
        left[process_.cells[static_cast<std::size_t>(cut.state)]] * process_.share[cut.state] * cut.exit;
  }
  for (const DirectEdge& edge : direct_)
    if (core_of_[static_cast<std::size_t>(edge.from)] == static_cast<int>(core))
      flux[core_of_[static_cast<std::size_t>(edge.to)]] += stationary[edge.from] * edge.rate;
  return flux;
}

template <int Dim>
std::vector<Eigen::VectorXd> CoreProcess<Dim>::reactive_current(std::size_t core, std::size_t target,
                                                                const Eigen::VectorXd& left,
                                                                const Eigen::VectorXd& to_target,
                                                                const Eigen::VectorXd& stationary) const {
  CurrentField<Dim> field(grid_);
  const auto along = [this](Index from, Index to) { return grid_.difference(grid_.centre(to), grid_.centre(from)); };
  const Generator& generator = process_.generator;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index s = generator.from[e], t = generator.to[e];
    const Index i = process_.cells[static_cast<std::size_t>(s)], j = process_.cells[static_cast<std::size_t>(t)];
    const double flow = left[i] * process_.share[s] * generator.forward[e] * to_target[j] -
                        left[j] * process_.share[t] * generator.backward[e] * to_target[i];
    field.add(i, along(i, j), flow);
    field.add(j, along(i, j), flow);
  }
  for (std::size_t k = 0; k < process_.cuts.size(); ++k) {
    const SurfaceCut<Dim>& cut = process_.cuts[k];
    const Index cell = process_.cells[static_cast<std::size_t>(cut.state)];
    double flow = 0.0;
    if (core_of_cut_[k] == static_cast<int>(target)) flow += left[cell] * process_.share[cut.state] * cut.exit;
    if (core_of_cut_[k] == static_cast<int>(core)) flow -= source(cut, stationary) * to_target[cell];
    field.add(cell, along(cell, cut.beyond), flow);
  }
  return field.density();
}

template class CoreProcess<1>;
template class CoreProcess<2>;

}  // namespace valleyflux
