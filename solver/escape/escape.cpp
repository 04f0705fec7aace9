#include "solver/escape/escape.hpp"

#include "solver/elimination/elimination.hpp"
#include "solver/escape/blocking_place.hpp"
#include "solver/escape/curved_surface.hpp"
#include "solver/escape/flux_plateau.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/escape/quasi_stationary.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// Cubic (or linear) Lagrange weights of the cells first ... first + count - 1 at the fractional coordinate s.
template <std::size_t Count>
std::array<double, Count> lagrange(double s, int first) {
  std::array<double, Count> weights;
  for (std::size_t a = 0; a < Count; ++a) {
    weights[a] = 1.0;
    for (std::size_t b = 0; b < Count; ++b)
      if (b != a)
        weights[a] *= (s - first - static_cast<double>(b)) / (static_cast<double>(a) - static_cast<double>(b));
  }
  return weights;
}

/// Interpolation over Count cells a side; nothing if one of them is not kept.
template <int Dim, std::size_t Count>
std::optional<double> interpolate_over(const Grid<Dim>& grid, const std::vector<std::int32_t>& states,
                                       const Eigen::VectorXd& field, const Point<Dim>& at) {
  std::array<std::array<double, Count>, Dim> weights;
  Offset<Dim> first;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    first[k] = static_cast<int>(std::floor(at[k])) - static_cast<int>(Count / 2) + 1;
    if (!axis.periodic()) first[k] = std::clamp(first[k], 0, static_cast<int>(axis.cells() - Index(Count)));
    weights[static_cast<std::size_t>(k)] = lagrange<Count>(at[k], first[k]);
  }
  double value = 0.0;
  for (int p = 0; p < static_cast<int>(Count * Count); ++p) {
    Offset<Dim> cell = first;
    double weight = 1.0;
    for (int k = 0, rest = p; k < Dim; ++k, rest /= static_cast<int>(Count)) {
      const int step = rest % static_cast<int>(Count);
      cell[k] += step;
      weight *= weights[static_cast<std::size_t>(k)][static_cast<std::size_t>(step)];
    }
    const auto index = grid.wrapped(cell);
    if (!index || states[static_cast<std::size_t>(*index)] < 0) return std::nullopt;
    value += weight * field[states[static_cast<std::size_t>(*index)]];
  }
  return value;
}

/// Value of a state of the whole.
template <int Dim>
double value_of(const KilledProcess<Dim>& process, const Eigen::VectorXd& values, Index whole_state) {
  const Index state = process.states[static_cast<std::size_t>(whole_state)];
  if (state < 0) throw SolverError("the point asked about lies in the absorbing set");
  return values[state];
}

/// Value at a node, which every start is, or between the cells; beside a wall of the domain where the cell's centre is
/// none of it that of the nearest.
double value_at(const StateSpace<1>& space, const KilledProcess<1>& process, const Eigen::VectorXd& values,
                const Point<1>& x) {
  return value_of(process, values, space.nearest(x));
}

double value_at(const StateSpace<2>& space, const KilledProcess<2>& process, const Eigen::VectorXd& values,
                const Point<2>& x) {
  if (space.grid().covers_box()) return interpolate<2>(space.grid(), process.states, values, x);
  if (space.of_cell(space.grid().cell_containing(x)) < 0) return value_of(process, values, space.nearest(x));
  std::vector<std::int32_t> states(static_cast<std::size_t>(space.grid().cells()), -1);  // of the process, by cell
  for (Index state = 0; state < space.states(); ++state)
    states[static_cast<std::size_t>(space.cell_of(state))] = process.states[static_cast<std::size_t>(state)];
  return interpolate<2>(space.grid(), states, values, x);
}

}  // namespace

template <int Dim>
double interpolate(const Grid<Dim>& grid, const std::vector<std::int32_t>& states, const Eigen::VectorXd& field,
                   const Point<Dim>& x) {
  const Point<Dim> at = grid.cell_coordinates(x);
  if (const auto cubic = interpolate_over<Dim, 4>(grid, states, field, at)) return *cubic;
  if (const auto linear = interpolate_over<Dim, 2>(grid, states, field, at)) return *linear;
  const Index state = states[static_cast<std::size_t>(grid.cell_containing(x))];
  if (state < 0) throw SolverError("the point asked about lies in the absorbing set");
  return field[state];
}

namespace {

/// One escape on one grid, method by method.
template <int Dim>
class EscapeSolver {
 public:
  EscapeSolver(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation, const std::vector<int>& labels,
               const Escape& escape, const LinearEngine* whole)
      : problem_(problem),
        space_(discretisation.space),
        labels_(labels),
        escape_(escape),
        whole_(whole),
        start_(escape_start<Dim>(problem, escape)),
        start_state_(space_.nearest(start_)),
        process_(killed_process<Dim>(problem, discretisation, escape_target<Dim>(problem, escape), start_state_,
                                     target_wall<Dim>(problem, escape))) {
    if (static_cast<Index>(labels.size()) != space_.states())
      throw std::invalid_argument(
          fmt::format("{} states need as many labels (got {}): see state_labels", space_.states(), labels.size()));
    if (process_.trapped >= 0)
      solution_.blocked_at = blocking_place<Dim>(problem, discretisation, process_, escape_target<Dim>(problem, escape),
                                                 start_state_, start_);
  }

  EscapeSolution<Dim> run(const EscapeMethods& methods) {
    if (solution_.blocked_at) return std::move(solution_);
    const std::unique_ptr<LinearEngine> engine = engine_of_part();
    std::unique_ptr<LinearSolver> solver = engine->factorise(process_.generator);
    const Index states = process_.generator.states;
    EscapeFailures& failures = solution_.failures;
    const auto times =
        attempt(failures.mean_first_passage, [&] { return solver->solve(Eigen::VectorXd::Ones(states)); });
    if (times)
      attempt(failures.mean_first_passage, [&] { return find_mean_time(*times, *solver, methods.curved_surface); });
    attempt(failures.share, [&] { return find_shares(*solver); });
    if (!times) {
      failures.quasi_stationary = failures.flux = failures.mean_first_passage;
    } else if (methods.quasi_stationary || methods.flux) {
      const auto law = attempt(failures.quasi_stationary, [&] {
        return quasi_stationary(process_.generator, *engine, std::move(solver), *times);
      });
      if (law && methods.quasi_stationary) {
        solution_.quasi_stationary_rate = law->rate;
        solution_.quasi_stationary_error = 0.5 * (law->high - law->low) / law->rate;
        solution_.quasi_stationary_probability = space_.cell_probabilities(process_.over_whole(law->probability));
        solution_.share_in_valley = 0.0;
        for (std::size_t state = 0; state < process_.whole.size(); ++state)
          if (labels_[static_cast<std::size_t>(process_.whole[state])] == escape_.from)
            solution_.share_in_valley += law->probability[static_cast<Index>(state)];
      }
      if (law && solution_.mean_first_passage_time) judge_pair(*law, *solution_.mean_first_passage_time, *times);
      if (law && methods.flux) find_flux(*law, *engine);
      if (!law) failures.flux = failures.quasi_stationary;
    }
    if (!methods.quasi_stationary) failures.quasi_stationary.reset();
    if (!methods.flux) failures.flux.reset();
    return std::move(solution_);
  }

 private:
  std::unique_ptr<LinearEngine> engine_of_part() const {
    if (whole_) return whole_->part(process_.generator, process_.whole);
    return std::make_unique<EliminationOrder>(process_.generator, space_.lattice()(Eigen::all, process_.whole));
  }

  /// What `solve` returns; where it throws, nothing, and the failure says why.
  template <class Solve>
  auto attempt(std::optional<MethodFailure>& failure, Solve solve) -> std::optional<decltype(solve())> {
    try {
      return solve();
    } catch (const RangeError& error) {
      failure = {error.what(), true};
      return std::nullopt;
    } catch (const SolverError& error) {
      failure = {error.what(), false};
      return std::nullopt;
    }
  }

  bool find_mean_time(const Eigen::VectorXd& times, const LinearSolver& solver, bool curved_surface) {
    const double from_start = value_at(space_, process_, times, start_);
    if (!(from_start > 0) || !std::isfinite(from_start))
      throw SolverError(fmt::format("the mean time from the minimum is {} on this grid: it is too coarse", from_start));
    if (curved_surface) {
      const Index start = process_.states[static_cast<std::size_t>(start_state_)];
      const Eigen::VectorXd visits = solver.solve_forward(Eigen::VectorXd::Unit(times.size(), start));
      solution_.felt_of_curved_surface =
          felt_of_curved_surface<Dim>(problem_.grid, process_, visits, times, from_start);
    }
    solution_.mean_first_passage_time = from_start;
    solution_.first_passage_time = space_.at_cells(process_.over_whole(times));
    return true;
  }

  std::string name_of_target() const {
    return escape_.arrival == Arrival::any_core ? "another valley" : target_name<Dim>(problem_, escape_);
  }

  void not_of_pair(const std::string& why) {
    solution_.failures.quasi_stationary = solution_.failures.flux = MethodFailure{
        fmt::format("not the rate of {}: {}", problem_.valleys[static_cast<std::size_t>(escape_.from)].name, why),
        true};
  }

  /// Whether the principal eigenvalue is the rate from `from`: not where the law lies around the core of a target,
  /// which the slowest probability has only to come in to. Mean times weighted by the law add up to 1 / rate: where a
  /// part of that is owed to another valley, the start must be as slow, and from a start that is far faster hardly any
  /// trajectory comes to where the law is (a pocket of the valley, a corner of the box).
  void judge_pair(const QuasiStationary& law, double mean_time, const Eigen::VectorXd& time) {
    if (judge_other_valleys(law, mean_time, time)) return;
    constexpr double few = 1e-3;
    if (law.rate * mean_time > few) return;
    Index state = 0;
    law.probability.maxCoeff(&state);
    not_of_pair(fmt::format(
        "the slowest decay, by the principal eigenvalue {:.6g}, is that of probability around {}, where few "
        "trajectories from the minimum come (the mean time is {:.3g} of its inverse)",
        law.rate,
        named_coordinates<Dim>(problem_.grid, space_.position(process_.whole[static_cast<std::size_t>(state)])),
        law.rate * mean_time));
  }

  bool judge_other_valleys(const QuasiStationary& law, double mean_time, const Eigen::VectorXd& time) {
    if (escape_.first_exit()) return false;
    Eigen::VectorXd owed = Eigen::VectorXd::Zero(static_cast<Index>(problem_.valleys.size())), outside_core = owed;
    for (std::size_t state = 0; state < process_.whole.size(); ++state) {
      const int valley = labels_[static_cast<std::size_t>(process_.whole[state])];
      if (valley < 0 || valley == escape_.from) continue;
      const auto s = static_cast<Index>(state);
      // Around the core of a target it is soon there.
      if (escape_.leads_to(valley) && !problem_.valleys[static_cast<std::size_t>(valley)].core.empty()) {
        outside_core[valley] += law.probability[s];
        continue;
      }
      owed[valley] += law.rate * law.probability[s] * time[s];
    }
    Index most = 0;
    constexpr double half = 0.5;
    if (outside_core.size() > 0 && outside_core.sum() > half) {
      outside_core.maxCoeff(&most);
      not_of_pair(
          fmt::format("most of what has not reached {} yet ({:.0f} %) lies in {} outside its core, and the principal "
                      "eigenvalue {:.6g} says how fast that comes in",
                      name_of_target(), 100.0 * outside_core.sum(),
                      problem_.valleys[static_cast<std::size_t>(most)].name, law.rate));
      return true;
    }
    constexpr double hardly = 0.01, as_slow = 0.01;
    if (owed.size() == 0 || owed.sum() < hardly) return false;
    owed.maxCoeff(&most);
    if (std::abs(std::log(law.rate * mean_time)) < as_slow) return true;
    const std::string& holder = problem_.valleys[static_cast<std::size_t>(most)].name;
    not_of_pair(
        fmt::format("what has not reached {} yet is held by {}, whose rate the principal eigenvalue {:.6g} is "
                    "(the mean time from {} is {:.3g} of its inverse)",
                    name_of_target(), holder, law.rate, problem_.valleys[static_cast<std::size_t>(escape_.from)].name,
                    law.rate * mean_time));
    return true;
  }

  /// In the quasi-stationary state P falls at the principal rate, which outflux / P is therefore: any other plateau
  /// belongs to another way out.
  void find_flux(const QuasiStationary& law, const LinearEngine& engine) {
    if (solution_.failures.flux) return;
    std::vector<int> inside(static_cast<std::size_t>(process_.generator.states));
    for (std::size_t state = 0; state < inside.size(); ++state)
      inside[state] = labels_[static_cast<std::size_t>(process_.whole[state])] == escape_.from ? 0 : -1;
    const Eigen::VectorXd first =
        Eigen::VectorXd::Unit(process_.generator.states, process_.states[static_cast<std::size_t>(start_state_)]);
    const auto plateau =
        attempt(solution_.failures.flux, [&] { return flux_plateau(process_.generator, engine, first, inside, 0); });
    if (!plateau) return;
    constexpr double same = 1e-6;
    if (std::abs(plateau->rate / law.rate - 1.0) < same) {
      solution_.flux_rate = plateau->rate;
      solution_.flux_residual = plateau->residual;
      return;
    }
    solution_.failures.flux = {
        fmt::format(
            "outflux / probability of {0} has its plateau at {1:.6g}, by all ways out of {0}: what comes back is "
            "lost to {2} at the rate {3:.6g}",
            problem_.valleys[static_cast<std::size_t>(escape_.from)].name, plateau->rate, name_of_target(), law.rate),
        true};
  }

  /// Shares of the targets' cores and of the walls. Right-hand sides as many together as go through the factors.
  bool find_shares(const LinearSolver& solver) {
    const auto valleys = static_cast<Index>(problem_.valleys.size());
    solution_.share = Eigen::VectorXd::Zero(escape_.into_valleys() ? valleys : 0);
    std::vector<Index> ends;
    for (Index v = 0; v < solution_.share.size(); ++v)
      if (escape_.leads_to(static_cast<int>(v)) && !problem_.valleys[static_cast<std::size_t>(v)].core.empty())
        ends.push_back(v);
    const Index walls = valleys;
    ends.push_back(walls);
    constexpr std::size_t together = 4;
    for (std::size_t first = 0; first < ends.size(); first += together) {
      const auto count = static_cast<Index>(std::min(together, ends.size() - first));
      Eigen::MatrixXd arrival = Eigen::MatrixXd::Zero(process_.generator.states, count);
      std::vector<Index> met;  // columns
      for (Index k = 0; k < count; ++k) {
        const Index end = ends[first + static_cast<std::size_t>(k)];
        if (end == walls)
          arrival.col(k) = process_.loss_rates();
        else
          add_arrivals(problem_.valleys[static_cast<std::size_t>(end)].core, arrival.col(k));
        if (arrival.col(k).maxCoeff() > 0) met.push_back(k);
      }
      const Eigen::MatrixXd reached = solver.solve_columns(arrival(Eigen::all, met));
      for (std::size_t k = 0; k < met.size(); ++k) {
        const Index end = ends[first + static_cast<std::size_t>(met[k])];
        const double share = value_at(space_, process_, reached.col(static_cast<Index>(k)), start_);
        if (end == walls)
          solution_.lost_at_walls = share;
        else
          solution_.share[end] = std::clamp(share, 0.0, 1.0);
      }
    }
    return true;
  }

  void add_arrivals(const Region<Dim>& core, Eigen::Ref<Eigen::VectorXd> arrival) const {
    const std::vector<char> inside = space_.inside(core);
    for (const SurfaceCut<Dim>& cut : process_.cuts)
      if (inside[static_cast<std::size_t>(cut.beyond)] || core.contains(cut.arrival)) arrival[cut.state] += cut.exit;
  }

  const Problem<Dim>& problem_;
  const StateSpace<Dim>& space_;
  const std::vector<int>& labels_;
  const Escape escape_;
  const LinearEngine* const whole_;
  const Point<Dim> start_;
  const Index start_state_;
  const KilledProcess<Dim> process_;
  EscapeSolution<Dim> solution_;
};

}  // namespace

template <int Dim>
EscapeSolution<Dim> solve_escape(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                 const std::vector<int>& labels, const Escape& escape, const EscapeMethods& methods,
                                 const LinearEngine* whole) {
  return EscapeSolver<Dim>(problem, discretisation, labels, escape, whole).run(methods);
}

template EscapeSolution<1> solve_escape(const Problem<1>&, const Discretisation<1>&, const std::vector<int>&,
                                        const Escape&, const EscapeMethods&, const LinearEngine*);
template EscapeSolution<2> solve_escape(const Problem<2>&, const Discretisation<2>&, const std::vector<int>&,
                                        const Escape&, const EscapeMethods&, const LinearEngine*);
template double interpolate(const Grid<2>&, const std::vector<std::int32_t>&, const Eigen::VectorXd&, const Point<2>&);

}  // namespace valleyflux
