#include "solver/escape/escape_on_grids.hpp"

#include "solver/escape/valley_width.hpp"
#include "solver/finite.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

void append_note(std::string& note, const std::string& more) {
  if (!note.empty() && !more.empty()) note += "; ";
  note += more;
}

}  // namespace

template <int Dim>
EscapeOnGrids<Dim>::EscapeOnGrids(EscapeRequest request, const Overlooked& overlooked)
    : request_(std::move(request)), overlooked_(&overlooked) {
  for (const std::string& method : methods()) {
    MethodOnGrids& known = methods_[method];
    known.estimator = estimator_of(method).grid.value();
    known.needs_stationary = method_named(method).need == MethodNeed::stationary_law;
  }
}

template <int Dim>
void EscapeOnGrids<Dim>::record(const std::string& method, const GridValue& found, const Level<Dim>& level) {
  MethodOnGrids& known = methods_.at(method);
  const bool own = level.spacing == *own_spacing_, finer = level.spacing < *own_spacing_;
  if (own && found.failure) known.failure = found.failure;
  const std::optional<double> before = relative_error(method);
  const std::optional<double> value = found.failure ? std::nullopt : found.value;
  if (value && *value > 0 && std::isfinite(*value)) {
    if (known.series.empty() || level.spacing < known.series.finest_spacing()) known.enclosed = found.enclosed;
    known.series.add(level.spacing, *value);
    if (own) known.own_value = *value;
    if (finer) known.failure.reset();
    constexpr double helpful = 0.7;
    const std::optional<double> error = relative_error(method);
    if (finer && before && error && *error > helpful * *before) ++known.stalled;
    return;
  }
  // A finer grid that fails adds nothing; a coarser one ends the sequence.
  if (finer && !lacks_meaning(method))
    known.stalled = std::numeric_limits<int>::max();
  else if (finer)
    known.failure->reason = found.failure ? found.failure->reason : "";
  else
    known.series.add(level.spacing, none);
}

template <int Dim>
void EscapeOnGrids<Dim>::solve_on(const Level<Dim>& level, double wanted) {
  if (methods_.empty()) return;
  const bool own = !own_spacing_;
  if (own) {
    own_spacing_ = level.spacing;
    if constexpr (Dim == 1) {
      const Axis& axis = level.problem.grid.axis(0);
      for (Index cell = 0; cell < axis.cells(); ++cell)
        widest_ = std::max(widest_, axis.size(cell) / (axis.max() - axis.min()) / level.spacing);
      own_cells_over_width_ = valleyflux::cells_over_width(
          level.problem, level.problem.valleys[static_cast<std::size_t>(request_.escape.from)]);
    }
    for (const Valley<Dim>& valley : level.problem.valleys) names_.push_back(valley.name);
    shares_.resize(names_.size());
  }
  if (!own && solution_ && solution_->blocked_at) return;
  std::vector<std::string> asked;
  const bool finer_grid = level.spacing < *own_spacing_;
  if (finer_grid) asked = finer(wanted);
  if (finer_grid && asked.empty()) return;
  // What had no meaning on the problem's own grid may have been its coarseness.
  for (const auto& [method, known] : methods_)
    if (!finer_grid || (lacks_meaning(method) && !known.needs_stationary)) asked.push_back(method);
  const auto failed = [&](const std::string& reason) {
    if (own) failure_ = reason;
    for (const std::string& method : asked) record(method, {std::nullopt, 0.0, MethodFailure{reason, false}}, level);
  };
  EscapeMethods methods{.quasi_stationary = false, .flux = false, .curved_surface = own};
  for (const std::string& method : asked) methods_.at(method).estimator.require(methods, own || lacks_meaning(method));
  EscapeSolution<Dim> solution;
  std::optional<Level<Dim>> at_wall;
  try {
    at_wall = level_at_wall<Dim>(level, request_.escape);
    const Level<Dim>& seen = at_wall ? *at_wall : level;
    solution =
        solve_escape<Dim>(seen.problem, seen.discretisation, seen.labels, request_.escape, methods, known_engine(seen));
  } catch (const SolverError& error) {
    failed(error.what());
    return;
  }
  if (solution.blocked_at) {
    if (own)
      solution_ = std::move(solution);
    else
      failed("blocked on another grid only");
    return;
  }
  time_.add(level.spacing, solution.mean_first_passage_time.value_or(none));
  for (const std::string& method : asked) {
    MethodOnGrids& known = methods_.at(method);
    GridValue found =
        known.estimator.template on<Dim>({at_wall ? *at_wall : level, request_.escape, methods, solution});
    if (found.value && *found.value == 0.0 && !found.failure)
      found.failure = MethodFailure{"the rate is below the range of double precision", true};
    record(method, found, level);
    if (own) known.share_in_valley = found.share_in_valley;
    if (found.paths) known.duration.add(level.spacing, found.paths->time);
    if (found.paths && own) paths_ = std::move(found.paths);
  }
  const auto record_share = [&](NumberOnGrids& share, double value) {
    share.series.add(level.spacing, value);
    if (own) share.own_value = value;
  };
  for (Eigen::Index v = 0; v < solution.share.size(); ++v)
    record_share(shares_[static_cast<std::size_t>(v)], solution.share[v]);
  record_share(lost_, solution.lost_at_walls);
  if (own) felt_of_curved_surface_ = solution.felt_of_curved_surface;
  if (own) solution_ = std::move(solution);
}

template <int Dim>
void EscapeOnGrids<Dim>::unknown(double NumberOnGrids::*change) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (auto& [method, known] : methods_) known.*change = infinity;
  for (NumberOnGrids& share : shares_) share.*change = infinity;
  lost_.*change = infinity;
}

template <int Dim>
void EscapeOnGrids<Dim>::distrust() {
  unknown(&NumberOnGrids::raised);
}

template <int Dim>
void EscapeOnGrids<Dim>::compare(const Level<Dim>& other, double NumberOnGrids::*change) {
  EscapeMethods solve{.quasi_stationary = false, .flux = false, .curved_surface = false};
  for (const auto& [method, known] : methods_) known.estimator.require(solve, false);
  std::optional<EscapeSolution<Dim>> solution;
  std::optional<Level<Dim>> at_wall;
  try {
    at_wall = level_at_wall<Dim>(other, request_.escape);
    const Level<Dim>& seen = at_wall ? *at_wall : other;
    solution =
        solve_escape<Dim>(seen.problem, seen.discretisation, seen.labels, request_.escape, solve, known_engine(seen));
  } catch (const SolverError&) {
    // What has no rate there has no interval here.
  }
  for (auto& [method, known] : methods_) {
    std::optional<double> value;
    try {
      if (solution)
        value = known.estimator.template on<Dim>({at_wall ? *at_wall : other, request_.escape, solve, *solution}).value;
    } catch (const SolverError&) {
      // Nor has this method.
    }
    known.compare(value, change);
  }
  for (std::size_t v = 0; v < shares_.size(); ++v) {
    const auto at = static_cast<Eigen::Index>(v);
    shares_[v].compare(solution && at < solution->share.size() ? std::optional(solution->share[at]) : std::nullopt,
                       change);
  }
  lost_.compare(solution ? std::optional(solution->lost_at_walls) : std::nullopt, change);
}

template <int Dim>
void EscapeOnGrids<Dim>::compare_raised(const Level<Dim>& raised) {
  if (methods_.empty() || !solution_ || solution_->blocked_at) return;
  compare(raised, &NumberOnGrids::raised);
}

template <int Dim>
void EscapeOnGrids<Dim>::compare_walls(const std::optional<std::vector<Level<Dim>>>& levels) {
  if (methods_.empty() || !solution_ || solution_->blocked_at) return;
  if (!levels)
    unknown(&NumberOnGrids::walls);
  else
    for (const Level<Dim>& level : *levels) compare(level, &NumberOnGrids::walls);
}

template <int Dim>
double EscapeOnGrids<Dim>::cells_over_width(const GridSeries& series) const {
  return series.empty() ? 0.0 : own_cells_over_width_ * series.finest_spacing() / *own_spacing_;
}

template <int Dim>
GridConvergence EscapeOnGrids<Dim>::converged(const NumberOnGrids& number, double further) const {
  const double barely_seen = overlooked_->share * overlooked_->share;  // grids that see less agree by accident
  return number.converged(felt_of_curved_surface_, *own_spacing_, barely_seen + further);
}

template <int Dim>
GridConvergence EscapeOnGrids<Dim>::converged(const std::string& method) const {
  const MethodOnGrids& known = methods_.at(method);
  GridConvergence result = converged(known, std::log1p(known.enclosed));
  const auto no_rate = [&](const std::string& reason) {
    result.apart = true;
    result.low.reset();
    result.high.reset();
    result.note = "grids too coarse: " + reason;
  };
  const bool slowest_decay = known.estimator.slowest_decay;
  if (slowest_decay && !shows(cells_over_width(known.series)))
    no_rate("the valley is narrower than half a cell of the finest one");
  else if (slowest_decay && !time_.empty() && time_.converged().apart)
    no_rate("mean first-passage times run apart");
  else if (overlooked_->fatal())
    no_rate("the potential has features narrower than a cell");
  return result;
}

template <int Dim>
std::optional<double> EscapeOnGrids<Dim>::relative_error(const std::string& method) const {
  const MethodOnGrids& known = methods_.at(method);
  if (known.series.empty() || known.failure) return std::nullopt;
  return converged(method).relative_error();
}

template <int Dim>
std::vector<std::string> EscapeOnGrids<Dim>::missing(double wanted) const {
  std::vector<std::string> all;
  if (solution_ && solution_->blocked_at) return all;
  for (const auto& [method, known] : methods_) {
    if (lacks_meaning(method)) continue;
    const std::optional<double> error = relative_error(method);
    if (!error || *error > wanted) all.push_back(method);
  }
  return all;
}

template <int Dim>
bool EscapeOnGrids<Dim>::lacks_meaning(const std::string& method) const {
  const auto& failure = methods_.at(method).failure;
  return failure && failure->on_any_grid;
}

template <int Dim>
bool EscapeOnGrids<Dim>::coarse(const std::string& method, double wanted) const {
  constexpr double fewest_cells = Dim == 1 ? 512 : 128;
  const MethodOnGrids& known = methods_.at(method);
  if (known.failure || known.series.empty()) return false;
  const bool few = known.series.finest_spacing() * widest_ * fewest_cells > 1.0;
  if (Dim == 1) return few || !resolves(cells_over_width(known.series));
  constexpr double beyond_doubt = 0.01;
  const std::optional<double> error = relative_error(method);
  return overlooked_->noticeable() || (few && !(error && *error < beyond_doubt * wanted));
}

template <int Dim>
std::vector<std::string> EscapeOnGrids<Dim>::finer(double wanted) const {
  constexpr int patience = 3;
  if (solution_ && solution_->blocked_at) return {};
  std::vector<std::string> all;
  const std::vector<std::string> wide = missing(wanted);
  for (const auto& [method, known] : methods_) {
    // Two grids alone may agree by accident.
    const bool unseen =
        !known.failure && !known.series.empty() && !known.series.converged(felt_of_curved_surface_).order_seen;
    const bool wanting = unseen || std::find(wide.begin(), wide.end(), method) != wide.end();
    const bool helpful = known.stalled < patience && known.raised < wanted && std::isfinite(known.walls);
    if ((wanting && helpful) || coarse(method, wanted)) all.push_back(method);
  }
  return all;
}

template <int Dim>
bool EscapeOnGrids<Dim>::finer_needs_stationary(double wanted) const {
  const std::vector<std::string> methods = finer(wanted);
  return std::any_of(methods.begin(), methods.end(),
                     [&](const std::string& method) { return methods_.at(method).needs_stationary; });
}

template <int Dim>
Estimate EscapeOnGrids<Dim>::estimate(const std::string& method) const {
  Estimate estimate;
  estimate.method = method;
  if (!failure_.empty() && methods_.at(method).failure) {
    estimate.note = failure_;
    return estimate;
  }
  if (solution_ && solution_->blocked_at) {
    estimate.rate = estimate.low = estimate.high = 0.0;
    estimate.blocked_at.assign(solution_->blocked_at->begin(), solution_->blocked_at->end());
    return estimate;
  }
  const MethodOnGrids& known = methods_.at(method);
  estimate.share_in_valley = known.share_in_valley;
  if (known.failure) {
    estimate.note = known.failure->reason;
    return estimate;
  }
  const GridConvergence converged = this->converged(method);
  estimate.note = converged.note;
  if (converged.apart || !(converged.value > 0)) return estimate;
  estimate.observed_order = converged.observed_order;
  const bool is_time = known.estimator.gives_time;
  estimate.rate = is_time ? 1.0 / converged.value : converged.value;
  estimate.log_rate = is_time ? -std::log(converged.value) : std::log(converged.value);
  estimate.time = finite(is_time ? converged.value : 1.0 / converged.value);
  if (converged.low) {
    estimate.low = is_time ? 1.0 / *converged.high : *converged.low;
    estimate.high = is_time ? 1.0 / *converged.low : *converged.high;
  }
  if (solution_ && !solution_->failures.share && !known.needs_stationary) {
    estimate.lost_at_walls = solution_->lost_at_walls;
    if (const std::optional<TargetShare> lost = share_of(lost_, "")) {
      estimate.lost_at_walls = lost->probability;
      estimate.lost_at_walls_low = lost->low;
      estimate.lost_at_walls_high = lost->high;
    }
  }
  constexpr double noticed = 1e-9;
  if (estimate.lost_at_walls > noticed)
    append_note(estimate.note, fmt::format("{:.4g} of it through an absorbing wall", *estimate.lost_at_walls));
  if (!known.duration.empty()) {
    const GridConvergence duration = known.duration.converged(felt_of_curved_surface_);
    if (duration.apart || overlooked_->fatal() || !shows(cells_over_width(known.duration))) return estimate;
    estimate.transition_time = duration.value;
    estimate.transition_time_low = duration.low;
    estimate.transition_time_high = duration.high;
  }
  return estimate;
}

template <int Dim>
std::optional<TargetShare> EscapeOnGrids<Dim>::share_of(const NumberOnGrids& number, const std::string& name) const {
  if (number.series.empty()) return std::nullopt;
  const GridConvergence converged = this->converged(number);
  if (converged.apart || !(converged.value > 0)) return std::nullopt;
  TargetShare share{name, std::min(converged.value, 1.0), converged.low, std::nullopt};
  if (converged.high) share.high = std::min(*converged.high, 1.0);
  return share;
}

template <int Dim>
std::vector<TargetShare> EscapeOnGrids<Dim>::shares() const {
  std::vector<TargetShare> shares;
  if (request_.escape.arrival != Arrival::any_core) return shares;
  for (std::size_t v = 0; v < shares_.size(); ++v)
    if (std::optional<TargetShare> share = share_of(shares_[v], names_[v])) shares.push_back(*std::move(share));
  return shares;
}

template class EscapeOnGrids<1>;
template class EscapeOnGrids<2>;

}  // namespace valleyflux
