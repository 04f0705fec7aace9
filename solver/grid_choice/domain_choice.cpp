#include "solver/grid_choice/domain_choice.hpp"

#include "grids/axis_by_axis.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/grid_choice/noise_width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// One end of an axis that is to be chosen.
struct Wall {
  int axis;
  bool upper;
  double point;  // the outermost critical point
  double held;   // what it must not come closer than, where all around the points exists
  double at;
  double limit;              // beyond which nothing is finite
  double excess = infinity;  // log of the density there over what is negligible, when last looked at
  int stuck = 0;             // times it was moved out in vain
  double outward() const { return upper ? 1.0 : -1.0; }
};

/// The next number outward from x that has few digits on the scale of `span`.
double rounded_outward(double x, double outward, double span) {
  const double step = std::pow(10.0, std::floor(std::log10(span)) - 1.0);
  const double parts = outward > 0 ? std::ceil(x / step - 1e-9) : std::floor(x / step + 1e-9);
  // Decimal digits, so that the number is the one that would be written.
  return std::stod(fmt::format("{:.12g}", parts * step));
}

template <int Dim>
class DomainSearch {
 public:
  DomainSearch(const std::array<OpenAxis, Dim>& axes, const DomainWishes<Dim>& wishes)
      : axes_(axes), wishes_(wishes), dynamics_(wishes.dynamics) {
    hold_points();
  }

  DomainChoice<Dim> found();

 private:
  void settle();
  void hold_points();
  double end(int k, bool upper) const;
  double span(int k) const { return end(k, true) - end(k, false); }
  Grid<Dim> coarse_grid() const;
  bool defined_beside(const Wall& wall, const Grid<Dim>& grid) const;
  bool pull_in_from_infinity(const Grid<Dim>& grid);
  bool take_constant_noise();
  std::optional<double> pass_level(const CoarseLaw<Dim>& law);
  bool move(Wall& wall, const CoarseLaw<Dim>& law, double level);
  bool leads_out(const Wall& wall, const CoarseLaw<Dim>& law) const;
  [[noreturn]] void fail(const Wall& wall, const std::string& why) const;
  std::string name(const Wall& wall) const {
    return axes_[static_cast<std::size_t>(wall.axis)].name + (wall.upper ? ".max" : ".min");
  }

  const std::array<OpenAxis, Dim>& axes_;
  const DomainWishes<Dim>& wishes_;
  Dynamics dynamics_;
  std::vector<Wall> walls_;
  std::vector<Point<Dim>> minima_;
  int widened_for_borders_ = 0;
  DomainChoice<Dim> choice_{};
};

template <int Dim>
void DomainSearch<Dim>::hold_points() {
  Point<Dim> low = Point<Dim>::Constant(infinity), high = -low, widest = Point<Dim>::Zero();
  const auto hold = [&](const Point<Dim>& x, const Point<Dim>& around) {
    low = low.cwiseMin(x - around);
    high = high.cwiseMax(x + around);
  };
  Point<Dim> inner_low = low, inner_high = high;
  constexpr double deviations = 3.0;
  for (const CriticalPoint<Dim>& point : wishes_.points) {
    if (point.index == 0) minima_.push_back(point.position);
    if (point.index > 1) continue;
    inner_low = inner_low.cwiseMin(point.position);
    inner_high = inner_high.cwiseMax(point.position);
    const auto width = noise_width<Dim>(wishes_.dynamics, point);
    const Point<Dim> reach = width ? width->marginal : Point<Dim>::Zero();
    // Beyond a saddle the noise does not decide where it leads.
    hold(point.position, point.index == 0 ? Point<Dim>(deviations * reach) : Point<Dim>::Zero());
    if (width) widest = widest.cwiseMax(reach);
  }
  for (const Point<Dim>& place : wishes_.places) hold(place, Point<Dim>::Zero());
  for (int k = 0; k < Dim; ++k) {
    const OpenAxis& axis = axes_[static_cast<std::size_t>(k)];
    const double size = std::max({high[k] - low[k], widest[k], 1e-6 * std::abs(low[k])});
    const double margin = size > 0 ? size : 1.0;
    if (!axis.min) walls_.push_back({k, false, inner_low[k], low[k], low[k] - margin, -infinity});
    if (!axis.max) walls_.push_back({k, true, inner_high[k], high[k], high[k] + margin, infinity});
  }
}

template <int Dim>
double DomainSearch<Dim>::end(int k, bool upper) const {
  const OpenAxis& axis = axes_[static_cast<std::size_t>(k)];
  if (const auto& given = upper ? axis.max : axis.min) return *given;
  return std::find_if(walls_.begin(), walls_.end(),
                      [&](const Wall& wall) { return wall.axis == k && wall.upper == upper; })
      ->at;
}

template <int Dim>
Grid<Dim> DomainSearch<Dim>::coarse_grid() const {
  // A law that is known costs next to nothing; edges and hats of the line make one that is solved for right on any
  // grid.
  const Index cells = Dim == 2 ? 96 : boltzmann_law(dynamics_) ? 2048 : 256;
  return grid_by<Dim>([&](int k) {
    const OpenAxis& axis = axes_[static_cast<std::size_t>(k)];
    return Axis(axis.name, end(k, false), end(k, true), cells, axis.lower, axis.upper);
  });
}

/// Whether landscape, drift and noise exist along a wall, beside the middle of its cells: finite, and no eigenvalue of
/// D below zero.
template <int Dim>
bool DomainSearch<Dim>::defined_beside(const Wall& wall, const Grid<Dim>& grid) const {
  const Index layer = wall.upper ? grid.axis(wall.axis).cells() - 1 : 0;
  Eigen::MatrixXd points(Dim, grid.cells() / grid.axis(wall.axis).cells());
  Index n = 0;
  for (Index cell = 0; cell < grid.cells(); ++cell)
    if (grid.coordinates(cell)[wall.axis] == layer) points.col(n++) = grid.centre(cell);
  points.row(wall.axis).setConstant(wall.upper ? grid.axis(wall.axis).max() : grid.axis(wall.axis).min());
  Coefficients coefficients;
  sample_coefficients(dynamics_, points, coefficients);
  if (!coefficients.advection.allFinite() || !coefficients.ito_drift.allFinite() || !coefficients.tensor.allFinite())
    return false;
  constexpr double round_off = 1e-12;
  for (Index p = 0; p < points.cols(); ++p) {
    const Tensor<Dim> tensor = coefficients.tensor.col(p).reshaped(Dim, Dim);
    if (symmetric_eigen(tensor).values[0] < -round_off * tensor.norm()) return false;
  }
  // The logarithm of a negative number has a gradient.
  if (const auto& landscape = dynamics_.drift.potential()) {
    FieldSamples height;
    landscape->sample(points, 0, height);
    return height.value.allFinite();
  }
  return true;
}

/// Walls come in where there is no landscape, drift or noise beside them.
template <int Dim>
bool DomainSearch<Dim>::pull_in_from_infinity(const Grid<Dim>& grid) {
  bool any = false;
  for (Wall& wall : walls_) {
    if (defined_beside(wall, grid)) continue;
    wall.limit = wall.at;
    constexpr double beside = 1e-3;
    if (std::abs(wall.at - wall.held) > beside * std::abs(wall.held - wall.point))
      wall.at = wall.held + 0.5 * (wall.at - wall.held);
    else  // nor is there anything where it is held
      wall.at = wall.held = wall.point + 0.5 * (wall.held - wall.point);
    any = true;
  }
  return any;
}

template <int Dim>
bool DomainSearch<Dim>::take_constant_noise() {
  if (dynamics_.diffusion->constant()) return false;
  Eigen::MatrixXd largest = Eigen::MatrixXd::Zero(Dim, Dim);
  for (const CriticalPoint<Dim>& point : wishes_.points) {
    DiffusionSamples diffusion;
    wishes_.dynamics.diffusion->sample(point.position, false, diffusion);
    const Tensor<Dim> tensor = diffusion.tensor.col(0).reshaped(Dim, Dim);
    if (tensor.trace() > largest.trace()) largest = tensor.trace() / Dim * Eigen::MatrixXd::Identity(Dim, Dim);
  }
  if (!(largest.trace() > 0)) return false;
  dynamics_.diffusion = constant_diffusion(largest);
  choice_.constant_noise = true;
  return true;
}

/// Nothing where a given valley has no border inside: what leaves it, or what it is, lies farther out.
template <int Dim>
std::optional<double> DomainSearch<Dim>::pass_level(const CoarseLaw<Dim>& law) {
  double level = law.joining_level(minima_);
  for (const ValleyDefinition<Dim>& valley : wishes_.valleys) {
    if (!valley.region) continue;
    if (const auto border = law.border_level(*valley.region))
      level = std::min(level, *border);
    else
      return std::nullopt;
  }
  return level;
}

template <int Dim>
bool DomainSearch<Dim>::leads_out(const Wall& wall, const CoarseLaw<Dim>& law) const {
  const Index layer = wall.upper ? law.grid.axis(wall.axis).cells() - 1 : 0;
  Index most = -1;
  for (Index cell = 0; cell < law.grid.cells(); ++cell)
    if (law.grid.coordinates(cell)[wall.axis] == layer && (most < 0 || law.log_density[cell] > law.log_density[most]))
      most = cell;
  Eigen::MatrixXd force;
  dynamics_.drift.sample(law.grid.centre(most), force);
  return wall.outward() * force(wall.axis, 0) > 0;
}

template <int Dim>
void DomainSearch<Dim>::fail(const Wall& wall, const std::string& why) const {
  const std::string& axis = axes_[static_cast<std::size_t>(wall.axis)].name;
  throw ProblemError("grid." + axis,
                     fmt::format("nothing confines {} towards {} = {}: {}. Give grid.{}: where the domain ends, "
                                 "or an absorbing wall that is escaped through",
                                 axis, axis, wall.upper ? "infinity" : "-infinity", why, name(wall)));
}

/// Sets a wall to where the density is negligible, or farther out where it is nowhere yet; whether that is so.
template <int Dim>
bool DomainSearch<Dim>::move(Wall& wall, const CoarseLaw<Dim>& law, double level) {
  const Axis& axis = law.grid.axis(wall.axis);
  const Eigen::VectorXd profile = law.profile(wall.axis);
  const Index n = axis.cells();
  const auto layer = [&](Index from_wall) { return wall.upper ? n - 1 - from_wall : from_wall; };
  const double negligible = level + std::log(wishes_.negligible);
  const double excess = profile[layer(0)] - negligible;
  const double distance = std::max(std::abs(wall.at - wall.held), 1e-3 * (axis.max() - axis.min()));
  if (excess <= 0) {
    Index in = 0;
    while (in + 1 < n && profile[layer(in + 1)] <= negligible) ++in;
    const Index last = layer(in);  // the innermost layer that is negligible
    const double edge = wall.upper ? axis.edge(last + 1) : axis.edge(last);
    wall.at = wall.upper ? std::max(wall.held, edge) : std::min(wall.held, edge);
    wall.excess = infinity;
    wall.stuck = 0;
    return std::abs(edge - (wall.upper ? axis.max() : axis.min())) <= 0.3 * (axis.max() - axis.min());
  }
  // The slope of the outer part tells how far it would be, were it to go on.
  const double fall = profile[layer(n / 8)] - profile[layer(0)];
  const double slope = fall / std::abs(axis.centre(layer(n / 8)) - axis.centre(layer(0)));
  constexpr double hardly = 0.1, least = 0.25, most = 1.0;
  constexpr int patience = 12;
  wall.stuck = fall < hardly ? wall.stuck + 1 : 0;
  if (wall.stuck >= (Dim == 1 ? 2 : 4) && leads_out(wall, law))
    fail(wall, fmt::format("the drift leads outwards at {} = {:.4g}, and there is no stable point farther out",
                           axis.name(), wall.at));
  if (wall.stuck >= patience)
    fail(wall, fmt::format("the density at {} = {:.4g} is no smaller than farther in", axis.name(), wall.at));
  wall.excess = excess;
  const double needed = slope > 0 ? 1.1 * excess / slope : infinity;
  double next = wall.at + wall.outward() * std::clamp(needed, least * distance, most * distance);
  if (std::isfinite(wall.limit)) {
    constexpr double close = 1e-2;
    if (std::abs(wall.limit - wall.at) < close * distance) return true;
    next = wall.at + 0.5 * (wall.limit - wall.at);
  }
  wall.at = next;
  return false;
}

/// Moves the walls until all of them stand where the density is negligible, or the budget of rounds is spent.
template <int Dim>
void DomainSearch<Dim>::settle() {
  constexpr int most_rounds = 80, most_for_borders = 8;
  for (int round = 0; round < most_rounds; ++round) {
    const Grid<Dim> grid = coarse_grid();
    if (pull_in_from_infinity(grid)) continue;
    const auto law = coarse_law<Dim>(dynamics_, grid);
    if (!law && take_constant_noise()) continue;
    if (!law) return;
    choice_.law = law;
    const auto level = pass_level(*law);
    if (!level && widened_for_borders_ < most_for_borders && !walls_.empty()) {
      ++widened_for_borders_;
      for (Wall& wall : walls_) wall.held = wall.at += wall.outward() * 0.5 * span(wall.axis);
      continue;
    }
    choice_.pass_level = level.value_or(law->joining_level(minima_));
    bool settled = true;
    for (Wall& wall : walls_) settled = move(wall, *law, choice_.pass_level) && settled;
    if (settled) return;
  }
}

template <int Dim>
DomainChoice<Dim> DomainSearch<Dim>::found() {
  const std::vector<Wall> around_points = walls_;
  try {
    settle();
  } catch (const ProblemError& error) {
    if (wishes_.law_needed) throw;
    walls_ = around_points;
    choice_.law.reset();
    choice_.warnings.push_back(
        fmt::format("{} (closed forms need no domain: it ends beside the critical points)", error.what()));
  }
  for (int k = 0; k < Dim; ++k) choice_.ends[static_cast<std::size_t>(k)] = {end(k, false), end(k, true)};
  for (Wall& wall : walls_) {
    const double settled = wall.at;
    wall.at = rounded_outward(wall.at, wall.outward(), span(wall.axis));
    // A round number may lie beyond where everything ends.
    if (std::isfinite(wall.limit) && !defined_beside(wall, coarse_grid())) wall.at = settled;
    const double rounded = wall.at;
    choice_.ends[static_cast<std::size_t>(wall.axis)][wall.upper ? 1 : 0] = rounded;
    if (std::isfinite(wall.excess) && wall.excess > 0)
      choice_.warnings.push_back(
          fmt::format("at {} = {:.6g}, which the program chose, the density is still {:.1e} of that at the passes "
                      "(wanted: {:.1e}): "
                      "what is asked for may depend on that wall",
                      name(wall), rounded, std::exp(wall.excess) * wishes_.negligible, wishes_.negligible));
  }
  return choice_;
}

}  // namespace

template <int Dim>
DomainChoice<Dim> choose_domain(const std::array<OpenAxis, Dim>& axes, const DomainWishes<Dim>& wishes) {
  return DomainSearch<Dim>(axes, wishes).found();
}

template DomainChoice<1> choose_domain<1>(const std::array<OpenAxis, 1>&, const DomainWishes<1>&);
template DomainChoice<2> choose_domain<2>(const std::array<OpenAxis, 2>&, const DomainWishes<2>&);

}  // namespace valleyflux
