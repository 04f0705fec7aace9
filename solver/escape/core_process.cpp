#include "solver/escape/core_process.hpp"

#include "solver/discretisation/current_field.hpp"
#include "solver/discretisation/reachability.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
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
KilledProcess<Dim> between(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                           const std::vector<Region<Dim>>& cores, const std::vector<int>& core_of) {
  if (cores.size() < 2) throw std::invalid_argument("a process between cores needs two of them");
  if (std::none_of(core_of.begin(), core_of.end(), [](int core) { return core < 0; }))
    throw SolverError("the cores touch: no cell lies between them, where transitions could be under way");
  const Region<Dim> any([&cores](const Point<Dim>& x) { return core_containing<Dim>(cores, x) >= 0; });
  KilledProcess<Dim> process = killed_process<Dim>(problem, discretisation, any);
  if (process.trapped >= 0)
    throw SolverError("no core can be reached from " +
                      named_coordinates<Dim>(problem.grid, discretisation.space.position(process.trapped)));
  return process;
}

}  // namespace

template <int Dim>
CoreProcess<Dim>::CoreProcess(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                              std::vector<Region<Dim>> cores)
    : cores_(cores.size()),
      core_of_(discretisation.space.labels(cores)),
      process_(between<Dim>(problem, discretisation, cores, core_of_)) {
  // A long edge in the plane may cross a core that holds neither of its ends.
  for (const SurfaceCut<Dim>& cut : process_.cuts) {
    const int core = core_of_[static_cast<std::size_t>(cut.beyond)];
    core_of_cut_.push_back(core >= 0 ? core : core_containing<Dim>(cores, cut.arrival));
  }
  const Generator& all = discretisation.generator;
  for (std::size_t e = 0; e < all.from.size(); ++e) {
    const int a = core_of_[static_cast<std::size_t>(all.from[e])], b = core_of_[static_cast<std::size_t>(all.to[e])];
    if (a < 0 || b < 0 || a == b) continue;
    direct_.push_back({all.from[e], all.to[e], all.forward[e]});
    direct_.push_back({all.to[e], all.from[e], all.backward[e]});
  }
}

template <int Dim>
std::unique_ptr<LinearSolver> CoreProcess<Dim>::solver(const LinearEngine& whole) const {
  return whole.part(process_.generator, process_.whole)->factorise(process_.generator);
}

template <int Dim>
Eigen::MatrixXd CoreProcess<Dim>::committors(const LinearSolver& solver, const std::vector<std::size_t>& cores) const {
  Eigen::MatrixXd arrival = Eigen::MatrixXd::Zero(process_.generator.states, static_cast<Index>(cores.size()));
  for (std::size_t c = 0; c < cores.size(); ++c)
    for (std::size_t k = 0; k < process_.cuts.size(); ++k)
      if (core_of_cut_[k] == static_cast<int>(cores[c]))
        arrival(process_.cuts[k].state, static_cast<Index>(c)) += process_.cuts[k].exit;
  return with_cores(cores, solver.solve_columns(arrival), Eigen::VectorXd::Ones(whole_states()));
}

template <int Dim>
double CoreProcess<Dim>::source(const SurfaceCut<Dim>& cut, const Eigen::VectorXd& stationary) const {
  const double here = stationary[process_.whole[static_cast<std::size_t>(cut.state)]];
  const double leaving = here * cut.outward, coming = stationary[cut.beyond] * cut.inward;
  constexpr double in_range = std::numeric_limits<double>::min();
  if (!(cut.exit >= in_range) || !(leaving >= in_range) || !(coming > 0))
    return coming;  // blocked one way, or carried across by a drift that lets nothing back
  // In detailed balance what enters is what leaves; a stationary current tilts it along the edge.
  return std::exp(std::log(here * process_.share[cut.state]) + std::log(cut.exit) +
                  cut.fraction * (std::log(coming) - std::log(leaving)));
}

template <int Dim>
Eigen::MatrixXd CoreProcess<Dim>::left_last(const LinearSolver& solver, const std::vector<std::size_t>& cores,
                                            const Eigen::VectorXd& stationary) const {
  Eigen::MatrixXd entering = Eigen::MatrixXd::Zero(process_.generator.states, static_cast<Index>(cores.size()));
  for (std::size_t c = 0; c < cores.size(); ++c)
    for (std::size_t k = 0; k < process_.cuts.size(); ++k)
      if (core_of_cut_[k] == static_cast<int>(cores[c]))
        entering(process_.cuts[k].state, static_cast<Index>(c)) += source(process_.cuts[k], stationary);
  const Eigen::MatrixXd found = process_.share.cwiseInverse().asDiagonal() * solver.solve_forward_columns(entering);
  return with_cores(cores, found, stationary);
}

template <int Dim>
Eigen::MatrixXd CoreProcess<Dim>::with_cores(const std::vector<std::size_t>& cores, const Eigen::MatrixXd& between,
                                             const Eigen::VectorXd& within) const {
  Eigen::MatrixXd field(whole_states(), between.cols());
  for (Index c = 0; c < field.cols(); ++c) {
    field.col(c) = process_.over_whole(between.col(c));
    for (Index state = 0; state < field.rows(); ++state)
      if (process_.states[static_cast<std::size_t>(state)] < 0 &&
          core_of_[static_cast<std::size_t>(state)] == static_cast<int>(cores[static_cast<std::size_t>(c)]))
        field(state, c) = within[state];
  }
  return field;
}

template <int Dim>
double CoreProcess<Dim>::having_left_last(std::size_t core, const Eigen::VectorXd& left,
                                          const Eigen::VectorXd& stationary) const {
  // Behind a surface lies what the hat of a cut cell leaves out: the core's, as far as it is this one that cuts.
  const Index states = process_.generator.states;
  Eigen::VectorXd own = Eigen::VectorXd::Zero(states), all = Eigen::VectorXd::Zero(states);
  for (std::size_t k = 0; k < process_.cuts.size(); ++k) {
    const SurfaceCut<Dim>& cut = process_.cuts[k];
    all[cut.state] += cut.exit;
    if (core_of_cut_[k] == static_cast<int>(core)) own[cut.state] += cut.exit;
  }
  double sum = 0.0;
  for (Index state = 0; state < states; ++state) {
    const Index cell = process_.whole[static_cast<std::size_t>(state)];
    sum += left[cell] * process_.share[state];
    if (all[state] > 0) sum += stationary[cell] * (1.0 - process_.share[state]) * (own[state] / all[state]);
  }
  for (std::size_t cell = 0; cell < core_of_.size(); ++cell)
    if (process_.states[cell] < 0 && core_of_[cell] == static_cast<int>(core)) sum += left[static_cast<Index>(cell)];
  return sum;
}

template <int Dim>
double CoreProcess<Dim>::on_the_way(const Eigen::VectorXd& left, const Eigen::VectorXd& to_target) const {
  double sum = 0.0;
  for (Index state = 0; state < process_.generator.states; ++state) {
    const Index cell = process_.whole[static_cast<std::size_t>(state)];
    sum += left[cell] * process_.share[state] * to_target[cell];
  }
  return sum;
}

template <int Dim>
Eigen::VectorXd CoreProcess<Dim>::fluxes(std::size_t core, const Eigen::VectorXd& left,
                                         const Eigen::VectorXd& stationary) const {
  Eigen::VectorXd flux = Eigen::VectorXd::Zero(static_cast<Index>(cores_));
  for (std::size_t k = 0; k < process_.cuts.size(); ++k) {
    const SurfaceCut<Dim>& cut = process_.cuts[k];
    if (core_of_cut_[k] == static_cast<int>(core)) continue;
    flux[core_of_cut_[k]] +=
        left[process_.whole[static_cast<std::size_t>(cut.state)]] * process_.share[cut.state] * cut.exit;
  }
  for (const DirectEdge& edge : direct_)
    if (core_of_[static_cast<std::size_t>(edge.from)] == static_cast<int>(core))
      flux[core_of_[static_cast<std::size_t>(edge.to)]] += stationary[edge.from] * edge.rate;
  return flux;
}

template <int Dim>
std::vector<char> CoreProcess<Dim>::within_reach(std::size_t core) const {
  std::vector<char> reached(process_.whole.size(), 0), cores(cores_, 0);
  for (std::size_t k = 0; k < process_.cuts.size(); ++k)
    if (core_of_cut_[k] == static_cast<int>(core) && process_.cuts[k].inward > 0)
      reached[static_cast<std::size_t>(process_.cuts[k].state)] = 1;
  mark_reached_from(JumpsByState(process_.generator), reached);
  for (std::size_t k = 0; k < process_.cuts.size(); ++k)
    if (reached[static_cast<std::size_t>(process_.cuts[k].state)] && process_.cuts[k].exit > 0)
      cores[static_cast<std::size_t>(core_of_cut_[k])] = 1;
  for (const DirectEdge& edge : direct_)
    if (core_of_[static_cast<std::size_t>(edge.from)] == static_cast<int>(core) && edge.rate > 0)
      cores[static_cast<std::size_t>(core_of_[static_cast<std::size_t>(edge.to)])] = 1;
  return cores;
}

template <int Dim>
std::vector<Eigen::VectorXd> CoreProcess<Dim>::reactive_current(
    const Discretisation<Dim>& discretisation, std::size_t core, const std::vector<std::size_t>& targets,
    const Eigen::VectorXd& left, const Eigen::VectorXd& to_target, const Eigen::VectorXd& stationary) const {
  const StateSpace<Dim>& space = discretisation.space;
  CurrentField<Dim> field(space.grid());
  const std::set<std::size_t> arrivals(targets.begin(), targets.end());
  const Generator& generator = process_.generator;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index s = generator.from[e], t = generator.to[e];
    const Index i = process_.whole[static_cast<std::size_t>(s)], j = process_.whole[static_cast<std::size_t>(t)];
    field.add_edge(discretisation, process_.edges[e],
                   left[i] * process_.share[s] * generator.forward[e] * to_target[j] -
                       left[j] * process_.share[t] * generator.backward[e] * to_target[i]);
  }
  for (std::size_t k = 0; k < process_.cuts.size(); ++k) {
    const SurfaceCut<Dim>& cut = process_.cuts[k];
    const Index state = process_.whole[static_cast<std::size_t>(cut.state)];
    double flow = 0.0;
    if (arrivals.contains(static_cast<std::size_t>(core_of_cut_[k])))
      flow += left[state] * process_.share[cut.state] * cut.exit;
    if (core_of_cut_[k] == static_cast<int>(core)) flow -= source(cut, stationary) * to_target[state];
    const Point<Dim> along = space.grid().difference(space.position(cut.beyond), space.position(state));
    if constexpr (Dim == 1)
      field.add_edge(space, state, cut.beyond, along, flow);
    else
      field.add_half(space, state, along, flow);
  }
  return field.density();
}

template class CoreProcess<1>;
template class CoreProcess<2>;

}  // namespace valleyflux
