#include "solver/discretisation/line_integral.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/noise_cusp.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <Eigen/Core>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

using Nodes = Collocation::Nodes;

/// As smooth as D is known.
bool smooth(double roughness, double uncertainty) {
  return roughness <= smooth_tail + 8.0 * uncertainty;
}

/// y' = source - slope y on its slow manifold: y = (source - y') / slope, iterated. Nothing if that does not settle.
std::optional<Nodes> slow_manifold(const Nodes& slope, const Nodes& source) {
  const Collocation& rule = collocation();
  constexpr int iterations = 12;
  constexpr double settled = 1e-13;
  Nodes y = source / slope;
  double last = std::numeric_limits<double>::infinity();
  for (int k = 0; k < iterations; ++k) {
    const Nodes next = (source - (rule.derivative * y.matrix()).array()) / slope;
    const double change = ((next - y) / y).abs().maxCoeff();
    y = next;
    if (!(y > 0).all() || !(change < last)) return std::nullopt;
    if (change < settled) return y;
    last = change;
  }
  return std::nullopt;
}

/// A panel along which Phi rises steeply: int_a^x s' = s'(x)-like, so that no part of it needs to be resolved.
std::optional<LineIntegral> rising(const PanelSample& at, double width, double alpha) {
  constexpr double steep = 100.0;
  if (!(at.slope > steep).all()) return std::nullopt;
  const Collocation& rule = collocation();
  const Nodes scale = width * (-alpha * at.log_noise).exp(), speed = width * ((alpha - 1.0) * at.log_noise).exp();
  const std::optional<Nodes> inner = slow_manifold(at.slope, scale);    // exp(-Phi) int^x s'
  const std::optional<Nodes> outer = slow_manifold(-at.slope, -speed);  // exp(Phi) int_x of the speed density
  if (!inner || !outer) return std::nullopt;
  const double rise = (rule.weights * at.slope).sum(), decay = std::exp(-rise);
  const auto start = [&](const Nodes& y) { return (rule.at_start * y).sum(); };
  const auto end = [&](const Nodes& y) { return (rule.at_end * y).sum(); };
  const double mass = start(*outer) - decay * end(*outer);
  const double up = (rule.weights * speed * *inner).sum() - start(*inner) * mass;
  const double scaled_resistance = end(*inner) - decay * start(*inner);
  if (!(mass > 0 && up > 0 && scaled_resistance > 0)) return std::nullopt;
  const double log_resistance = rise + std::log(scaled_resistance), log_mass = std::log(mass), log_up = std::log(up);
  const double log_both = log_resistance + log_mass;
  return LineIntegral{rise, log_resistance, log_mass, log_up, log_both + std::log1p(-std::exp(log_up - log_both))};
}

std::optional<LineIntegral> steep(const PanelSample& at, double width, double alpha) {
  if (at.slope[0] > 0) return rising(at, width, alpha);
  const PanelSample mirrored{-at.slope.reverse(), at.log_noise.reverse(), at.uncertainty, at.roughness};
  const std::optional<LineIntegral> backwards = rising(mirrored, width, alpha);
  return backwards ? std::optional(reversed(*backwards)) : std::nullopt;
}

/// Rises of Phi that make no difference to any integral, to round-off.
constexpr double no_rise = 1e-12;

/// How near to a zero, relative, round-off of the place is seen in powers of the distance.
constexpr double round_off_in_powers = 1e-8;

/// How well the place of a zero is known, relative.
constexpr double round_off_in_place = 1e-13;

/// How far from a place a zero of the noise is looked for.
double room_of_zeros(double x) {
  return 4.0 * round_off_in_powers * std::abs(x);
}

/// A zero of the noise that bisection does not resolve.
struct UnresolvedZero {
  double place;
};

/// Adaptive integration of one stretch. `sample(a, b)` gives the PanelSample of a panel.
template <typename Sampler>
class Refinement {
 public:
  /// The zero of the noise beside a place, if there is one that bisection does not resolve.
  using ZeroNear = std::function<std::optional<double>(double)>;

  /// all: panels of every stretch so far; heights: of the landscape, where these say more than its slopes. Throws
  /// UnresolvedZero where zero_near finds one.
  Refinement(const Sampler& sample, double alpha, std::atomic<long>& all, const SteppedHeights* heights = nullptr,
             ZeroNear zero_near = {})
      : sample_(sample), alpha_(alpha), all_(all), heights_(heights), zero_near_(std::move(zero_near)) {}

  LineIntegral operator()(double a, double b) { return refine({a, height(a)}, {b, height(b)}, sample_(a, b), {}, 0); }

 private:
  /// What is round-off: what keeps F and D from being smooth, and what slopes miss of heights.
  struct RoundOff {
    bool of_slopes = false, of_heights = false;
  };
  struct End {
    double x, height;
  };

  double height(double x) const { return heights_ ? heights_->at(x) : 0.0; }

  double missed(const PanelSample& at, const End& start, const End& end) const {
    return heights_ ? heights_->missed(at, start.height, end.height) : 0.0;
  }

  LineIntegral refine(const End& start, const End& end, const PanelSample& at, RoundOff known, int depth) {
    constexpr int deepest = 60;
    const double a = start.x, b = end.x, width = b - a, middle = 0.5 * (a + b);
    const double largest = at.slope.abs().maxCoeff();
    const double rough = at.roughness;
    const double left_out = missed(at, start, end);
    if (depth == deepest || !(middle > a && middle < b)) {
      LineIntegral step;
      step.rise = left_out;
      return joined(collocated(at, width, alpha_), step);
    }
    if ((known.of_slopes || smooth(rough, at.uncertainty)) && (known.of_heights || std::abs(left_out) <= no_rise)) {
      if (largest <= gentle_range<Collocation::order>) return collocated(at, width, alpha_);
      if (const auto integral = steep(at, width, alpha_)) return *integral;
    }
    if (++all_ > LineIntegrator::whole_budget)
      throw SolverError(
          fmt::format("drift and noise vary too fast, near x = {:.8g} and elsewhere: their integrals need more than {} "
                      "panels",
                      middle, LineIntegrator::whole_budget));
    if (++panels_ > LineIntegrator::panel_budget)
      throw SolverError(
          fmt::format("drift and noise vary too fast near x = {:.8g}: their integrals need more than {} panels there",
                      middle, LineIntegrator::panel_budget));
    // Beside a zero of the noise round-off of the place is seen in D, and panels are halved on all sides, or down to
    // the least noise taken.
    constexpr unsigned long many = 256;
    const double near = round_off_in_powers * std::abs(middle);
    const auto panels = static_cast<unsigned long>(panels_);
    if (zero_near_ && ((width <= near && 2.0 * width > near) || (panels >= many && std::has_single_bit(panels))))
      if (const auto zero = zero_near_(middle)) throw UnresolvedZero{*zero};
    const PanelSample left = sample_(a, middle), right = sample_(middle, b);
    // Round-off is on both sides and stays; a kink or a step is on one of them.
    constexpr double round_off = 1e-7, stays = 0.2;
    const End between{middle, height(middle)};
    const double least_left_out =
        std::min(std::abs(missed(left, start, between)), std::abs(missed(right, between, end)));
    const RoundOff noise{rough < round_off && std::min(left.roughness, right.roughness) > stays * rough,
                         std::abs(left_out) < round_off && least_left_out > stays * std::abs(left_out)};
    const LineIntegral first = refine(start, between, left, noise, depth + 1);
    return joined(first, refine(between, end, right, noise, depth + 1));
  }

  const Sampler& sample_;
  double alpha_;
  std::atomic<long>& all_;
  const SteppedHeights* heights_;
  ZeroNear zero_near_;
  long panels_ = 0;
};

/// From distance y to the wall where slopes and noise follow powers of the distance.
LineIntegral power_law(double y, double log_slope, double log_noise, double power, double alpha) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double a = 1.0 + power * (alpha - 1.0) - log_slope;  // mass within y grows like y^a
  const double b = 1.0 - power * alpha + log_slope;          // resistance like y^b
  const double log_y = std::log(y), log_scale = log_y - alpha * log_noise, log_speed = log_y + (alpha - 1) * log_noise;
  // Powers are known to round-off of their sums only.
  constexpr double zero = 1e-12;
  const auto over = [](double log_value, double positive) {
    return positive > zero ? log_value - std::log(positive) : infinity;
  };
  return {0.0, over(log_scale, b), over(log_speed, a),
          a > zero ? over(log_scale + log_speed - std::log(a), a + b) : infinity,
          b > zero ? over(log_scale + log_speed - std::log(b), a + b) : infinity};
}

}  // namespace

LineIntegrator::LineIntegrator(const Dynamics& dynamics, double largest_diffusion, double time, LineBreaks breaks)
    : coefficients_(dynamics, true, time),
      diffusion_(dynamics.diffusion),
      breaks_(std::move(breaks)),
      heights_(breaks_.complete ? std::nullopt : SteppedHeights::of(dynamics)),
      alpha_(alpha_of(dynamics.interpretation)),
      largest_diffusion_(largest_diffusion),
      time_(time) {}

LineIntegral LineIntegrator::operator()(double a, double b) const {
  return over(a, b, std::nullopt);
}

LineIntegral LineIntegrator::over(double a, double b, std::optional<double> known_zero) const {
  // A zero of the noise that is an end but for round-off counts as that end, below: nothing is between.
  constexpr double small_part = 1e-6;
  const double little = small_part * (b - a);
  const auto piece = [&](double from, double to) {
    const double room = round_off_in_place * std::abs(to);
    if (to - from <= std::min(room, little))
      if (const auto zero = zero_near(to); zero && std::abs(*zero - to) <= room) return LineIntegral{};
    return without_break(from, to, known_zero);
  };
  if (!breaks_.between(a, b)) return without_break(a, b, known_zero);
  LineIntegral whole;
  for (std::size_t k = breaks_.first_from(a); k < breaks_.places.size() && breaks_.places[k] < b; ++k) {
    LineIntegral step;
    step.rise = breaks_.rises[k];
    whole = joined(joined(whole, piece(a, breaks_.places[k])), step);
    a = breaks_.places[k];
  }
  return joined(whole, piece(a, b));
}

std::optional<double> LineIntegrator::zero_near(double x) const {
  return noise_cusp(*diffusion_, x, room_of_zeros(x), time_);
}

LineIntegral LineIntegrator::without_break(double a, double b, std::optional<double> known_zero) const {
  if (a == b) return {};
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  const auto sample = [&](double from, double to) { return sampler.one(from, to); };
  const auto unknown_zero_near = [&](double x) {
    const auto zero = zero_near(x);
    return zero && known_zero && std::abs(*zero - *known_zero) < room_of_zeros(x) ? std::nullopt : zero;
  };
  try {
    return Refinement(sample, alpha_, panels_, heights_ ? &*heights_ : nullptr, unknown_zero_near)(a, b);
  } catch (const UnresolvedZero& zero) {
    // Powers are told from farther off than an end that is the zero but for round-off, on either side of it.
    constexpr double far = 1e-6;
    const auto from = [&](double x, double stop) {
      return to_passable_zero(x, zero.place, std::abs(x - zero.place) < far * (b - a) ? b - a : 0.0, stop);
    };
    // An end that is the zero but for round-off counts as the zero here and in the stretch beyond it.
    const auto at_zero = [&](double x) {
      return std::abs(x - zero.place) <= round_off_in_place * std::abs(zero.place);
    };
    if (zero.place <= a || at_zero(a)) return reversed(from(b, at_zero(a) ? zero.place : a));
    if (zero.place >= b || at_zero(b)) return from(a, at_zero(b) ? zero.place : b);
    return joined(from(a, zero.place), reversed(from(b, zero.place)));
  }
}

std::array<bool, panel_block> LineIntegrator::together(const Eigen::ArrayXd& start, const Eigen::ArrayXd& end,
                                                       PanelIntegrals& integrals) const {
  thread_local PanelSamples samples;
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  const Eigen::ArrayXd widths = end - start;
  std::array<bool, panel_block> done;
  if (!heights_) {
    // Stretches of fine grids are so short that half the nodes will do.
    constexpr int few = ShortCollocation::order;
    sampler.sample<few>(start, widths, samples);
    if (samples.largest_slope.maxCoeff() <= gentle_range<few> && samples.roughness.maxCoeff() <= smooth_tail) {
      collocate<few>(samples, widths, alpha_, integrals);
      for (Index p = 0; p < start.size(); ++p) done[static_cast<std::size_t>(p)] = !breaks_.between(start[p], end[p]);
      return done;
    }
  }
  sampler.sample<Collocation::order>(start, widths, samples);
  collocate<Collocation::order>(samples, widths, alpha_, integrals);
  const Eigen::VectorXd low = heights_ ? heights_->at(start.matrix().transpose()) : Eigen::VectorXd();
  const Eigen::VectorXd high = heights_ ? heights_->at(end.matrix().transpose()) : Eigen::VectorXd();
  for (Index p = 0; p < start.size(); ++p)
    done[static_cast<std::size_t>(p)] =
        !breaks_.between(start[p], end[p]) && samples.largest_slope[p] <= gentle_range<Collocation::order> &&
        smooth(samples.roughness[p], samples.uncertainty[p]) &&
        (!heights_ || std::abs(heights_->missed(samples[p], low[p], high[p])) <= no_rise);
  return done;
}

LineIntegral LineIntegrator::to_wall(double x, double wall, double room) const {
  DiffusionSamples at_wall;
  diffusion_->sample(Eigen::MatrixXd::Constant(1, 1, wall), false, at_wall, time_);
  if (at_wall.tensor(0, 0) <= vanishing_noise * largest_diffusion_) return to_zero(x, wall, room);
  return x > wall ? reversed((*this)(wall, x)) : (*this)(x, wall);
}

LineIntegral LineIntegrator::along(const SingularEnd& end, double x, double zero, double stop) const {
  const double side = x > zero ? 1.0 : -1.0, distance = std::abs(x - zero), nearest = std::abs(stop - zero);
  // A kink behind the outermost node is not seen by the series.
  const double seen = collocation().nodes[Collocation::order - 1] * end.reach;
  const double start = std::clamp(seen, nearest, distance), turn = start < distance ? zero + side * start : x;
  LineIntegral integral = x > zero ? reversed(over(turn, x, zero)) : over(x, turn, zero);
  // The series are known down to the zero: panels that halve the distance, until powers are all that is left.
  const auto sample = [&](double from, double to) { return end.samples(-from, -to); };
  constexpr double halvings = 60.0, most_halvings = 900.0;
  const int panels =
      static_cast<int>(end.slope_power > 0.0 ? std::min(halvings / end.slope_power, most_halvings) : halvings);
  double y = start;
  for (int k = 0; k < panels && y > nearest; ++k) {
    const double next = std::max(0.5 * y, nearest);
    integral = joined(integral, Refinement(sample, alpha_, panels_)(-y, -next));
    y = next;
  }
  if (nearest > 0.0) return integral;
  return joined(integral, power_law(y, end.limit_slope(), end.log_noise_at(y), end.power, alpha_));
}

bool LineIntegrator::fits(const SingularEnd& end, double roughness, double zero, double side) const {
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  // Of the distance round-off of the zero's place is known; the coefficients are as smooth as the series was found to
  // be.
  constexpr double least = 1e-9, times = 100.0, useless = 1e-2;
  constexpr double round_off = 16.0 * std::numeric_limits<double>::epsilon();
  constexpr int most_halvings = 200;
  double y = end.reach;
  for (int k = 0; k < most_halvings; ++k, y *= 0.5) {
    const double tolerance = std::max(least, times * roughness) + round_off * std::abs(zero) / y;
    if (tolerance > useless) break;
    const double far = zero + side * y, near = zero + side * 0.5 * y;
    const PanelSample there = sampler.one(far, near, 0.0), said = end.samples(y, 0.5 * y);
    if (!there.slope.allFinite() || !there.log_noise.allFinite()) break;
    if (!((there.log_noise - said.log_noise).abs() < tolerance).all()) return false;
    if (!((there.slope - said.slope).abs() < tolerance * (1.0 + 10.0 * said.slope.abs())).all()) return false;
    if (heights_ && std::abs(heights_->missed(there, heights_->at(far), heights_->at(near))) > tolerance) return false;
  }
  return true;
}

LineIntegral LineIntegrator::to_zero(double x, double zero, double room) const {
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  const double side = x > zero ? 1.0 : -1.0;
  const double reach = breaks_.free_way(zero, side, std::max(std::abs(x - zero), room));
  if (const auto end = singular_end(sampler, zero, side, reach, [&](const SingularEnd& found, double rough) {
        return fits(found, rough, zero, side);
      }))
    return along(*end, x, zero, zero);
  return to_passable_zero(x, zero, room, zero);
}

LineIntegral LineIntegrator::to_passable_zero(double x, double zero, double room) const {
  return to_passable_zero(x, zero, room, zero);
}

LineIntegral LineIntegrator::to_passable_zero(double x, double zero, double room, double stop) const {
  if (x == stop) return {};
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  const double side = x > zero ? 1.0 : -1.0, distance = std::abs(x - zero);
  if (const auto end =
          passable_end(sampler, zero, side, breaks_.free_way(zero, side, std::max(distance, room)),
                       [&](const SingularEnd& found, double rough) { return fits(found, rough, zero, side); })) {
    if (stop == zero) require_no_step(zero);
    return along(*end, x, zero, stop);
  }
  // Two powers of the distance would be bisected down to the round-off of the zero's place.
  constexpr double close = 1e-6, closer = 1e-8, least_power = 0.02, most_power = 0.995;
  const auto log_noise_at = [&](double part) {
    const double place = zero + side * part * distance;
    return sampler.one(place, place + side * part * distance, 0.0).log_noise[0];
  };
  const double power = (log_noise_at(close) - log_noise_at(closer)) / std::log(close / closer);
  if (power > least_power && power < most_power) fail_at_powers(zero);
  return x > stop ? reversed(over(stop, x, zero)) : over(x, stop, zero);
}

void LineIntegrator::require_no_step(double zero) const {
  constexpr double beside = 1e-9, noticed = 1e-6;
  const double near = beside * std::max(1.0, std::abs(zero));
  bool steps = false;
  for (std::size_t k = breaks_.first_from(zero - near); k < breaks_.places.size() && breaks_.places[k] < zero + near;
       ++k)
    steps = steps || std::abs(breaks_.rises[k]) > noticed;
  if (heights_) {
    const double below = heights_->at(zero - near), above = heights_->at(zero + near);
    steps = std::abs(above - below) > noticed * (1.0 + std::abs(below));
  }
  if (steps)
    throw SolverError(
        fmt::format("the landscape steps at x = {:.8g}, where the noise vanishes: nothing climbs a step there, however "
                    "low it is; move one of the two, or make the step a slope",
                    zero));
}

}  // namespace valleyflux
