#include "solver/discretisation/line_integral.hpp"

#include "grids/first_failure.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <Eigen/Core>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <optional>

namespace valleyflux {

namespace {

constexpr int order = 8;
using Nodes = Eigen::Array<double, order, 1>;
using Panels = Eigen::Array<double, order, Eigen::Dynamic>;
using Square = Eigen::Matrix<double, order, order>;

/// Gauss-Legendre collocation on [0, 1].
struct Collocation {
  Nodes nodes, weights;
  Square antiderivative;   // values at the nodes -> integral from 0 to each node of their interpolating polynomial
  Square remaining;        // the same from each node to 1
  Square derivative;       // values -> slopes at the nodes
  Square legendre;         // values -> coefficients of the shifted Legendre polynomials
  Nodes at_start, at_end;  // values -> the polynomial at 0 and 1

  Collocation() {
    using Rule = boost::math::quadrature::gauss<double, order>;
    for (int q = 0; q < order / 2; ++q) {
      const auto k = static_cast<std::size_t>(q);
      nodes[order / 2 + q] = 0.5 * (1.0 + Rule::abscissa()[k]);
      nodes[order / 2 - 1 - q] = 0.5 * (1.0 - Rule::abscissa()[k]);
      weights[order / 2 + q] = weights[order / 2 - 1 - q] = 0.5 * Rule::weights()[k];
    }
    // Lagrange polynomials have degree 7: the rule integrates them exactly over any part of the panel.
    for (int j = 0; j < order; ++j) {
      for (int i = 0; i < order; ++i) {
        double before = 0.0, after = 0.0;
        for (int q = 0; q < order; ++q) {
          before += weights[q] * lagrange(j, nodes[i] * nodes[q]);
          after += weights[q] * lagrange(j, 1.0 - (1.0 - nodes[i]) * nodes[q]);
        }
        antiderivative(i, j) = nodes[i] * before;
        remaining(i, j) = (1.0 - nodes[i]) * after;
        derivative(i, j) = 0.0;
        for (int m = 0; m < order; ++m) {
          if (m == j) continue;
          double product = 1.0 / (nodes[j] - nodes[m]);
          for (int l = 0; l < order; ++l)
            if (l != j && l != m) product *= (nodes[i] - nodes[l]) / (nodes[j] - nodes[l]);
          derivative(i, j) += product;
        }
      }
      at_start[j] = lagrange(j, 0.0);
      at_end[j] = lagrange(j, 1.0);
      const Nodes values = polynomials(nodes[j]);
      for (int k = 0; k < order; ++k) legendre(k, j) = (2 * k + 1) * weights[j] * values[k];
    }
  }

  double lagrange(int j, double t) const {
    double value = 1.0;
    for (int m = 0; m < order; ++m)
      if (m != j) value *= (t - nodes[m]) / (nodes[j] - nodes[m]);
    return value;
  }

  /// Shifted Legendre polynomials P_0 ... P_7 at t.
  static Nodes polynomials(double t) {
    const double u = 2.0 * t - 1.0;
    Nodes p;
    p[0] = 1.0;
    p[1] = u;
    for (int k = 1; k + 1 < order; ++k) p[k + 1] = ((2 * k + 1) * u * p[k] - k * p[k - 1]) / (k + 1);
    return p;
  }
};

const Collocation& collocation() {
  static const Collocation rule;
  return rule;
}

double alpha_of(Interpretation interpretation) {
  switch (interpretation) {
    case Interpretation::ito: return 0.0;
    case Interpretation::stratonovich: return 0.5;
    case Interpretation::isothermal: return 1.0;
  }
  throw std::invalid_argument("no such interpretation");
}

/// What a panel is integrated from: d Phi / dt over it (t in [0, 1]), log D and the relative error of D by round-off.
struct Samples {
  Nodes slope, log_noise;
  double uncertainty = 0.0;
  double missed = 0.0;  // between the outermost nodes and the ends, relative: what a kink there would do to integrals
};

double tail(const Nodes& values) {
  return (collocation().legendre.bottomRows<2>() * values.matrix()).cwiseAbs().sum();
}

constexpr double gentle_range = 2.0;  // of Phi: eight points keep all digits of exp(Phi) then
constexpr double smooth_tail = 1e-11;

/// Panels by collocation, one column each. slope: d Phi / dt; log_noise: log D.
template <int Columns>
struct CollocatedPanels {
  using Values = Eigen::Array<double, order, Columns>;
  using Row = Eigen::Array<double, 1, Columns>;
  Row rise, log_resistance, log_mass, log_up, log_down;

  CollocatedPanels(const Values& slope, const Values& log_noise, const Row& widths, double alpha) {
    const Collocation& rule = collocation();
    const Eigen::Matrix<double, 1, order> weights = rule.weights.matrix().transpose();
    const auto integral = [&](const Values& values) { return Row((weights * values.matrix()).array()); };
    const auto moved = [](const Square& by, const Values& values) { return Values((by * values.matrix()).array()); };
    const Values phi = moved(rule.antiderivative, slope);
    const Values scale = (phi - alpha * log_noise).exp(), speed = ((alpha - 1.0) * log_noise - phi).exp();
    const Row log_width = widths.log();
    rise = integral(slope);
    log_resistance = log_width + integral(scale).log();
    log_mass = log_width + integral(speed).log();
    log_up = 2.0 * log_width + integral(speed * moved(rule.antiderivative, scale)).log();
    log_down = 2.0 * log_width + integral(speed * moved(rule.remaining, scale)).log();
  }

  LineIntegral operator[](Index panel) const {
    return {rise[panel], log_resistance[panel], log_mass[panel], log_up[panel], log_down[panel]};
  }
};

LineIntegral collocated(const Samples& at, double width, double alpha) {
  return CollocatedPanels<1>(at.slope, at.log_noise, Eigen::Array<double, 1, 1>(width), alpha)[0];
}

/// How far slope and noise are from the polynomials through their values, relative.
double roughness(const Nodes& slope, const Nodes& log_noise) {
  return tail(slope) / (1.0 + slope.abs().maxCoeff()) + tail(log_noise);
}

double roughness(const Samples& at) {
  return std::max(roughness(at.slope, at.log_noise), at.missed);
}

/// As smooth as D is known.
bool smooth(const Samples& at, double roughness) {
  return roughness <= smooth_tail + 8.0 * at.uncertainty;
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
std::optional<LineIntegral> rising(const Samples& at, double width, double alpha) {
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

std::optional<LineIntegral> steep(const Samples& at, double width, double alpha) {
  if (at.slope[0] > 0) return rising(at, width, alpha);
  const Samples mirrored{-at.slope.reverse(), at.log_noise.reverse(), at.uncertainty, at.missed};
  const std::optional<LineIntegral> backwards = rising(mirrored, width, alpha);
  return backwards ? std::optional(reversed(*backwards)) : std::nullopt;
}

/// Adaptive integration of one stretch. `sample(a, b)` gives the Samples of a panel.
template <typename Sampler>
class Refinement {
 public:
  /// all: panels of every stretch so far.
  Refinement(const Sampler& sample, double alpha, std::atomic<long>& all) : sample_(sample), alpha_(alpha), all_(all) {}

  LineIntegral operator()(double a, double b) { return refine(a, b, sample_(a, b), false, 0); }

 private:
  /// noisy: what keeps F and D from being smooth is their round-off.
  LineIntegral refine(double a, double b, const Samples& at, bool noisy, int depth) {
    constexpr int deepest = 60;
    const double width = b - a, middle = 0.5 * (a + b);
    const double largest = at.slope.abs().maxCoeff();
    const double rough = roughness(at);
    if (depth == deepest || !(middle > a && middle < b)) return collocated(at, width, alpha_);
    if (noisy || smooth(at, rough)) {
      if (largest <= gentle_range) return collocated(at, width, alpha_);
      if (const auto integral = steep(at, width, alpha_)) return *integral;
    }
    if (++all_ > LineIntegrator::whole_budget)
      throw SolverError(
          fmt::format("drift and noise vary too fast, between x = {:.8g} and {:.8g} and elsewhere: their "
                      "integrals need more than {} panels",
                      a, b, LineIntegrator::whole_budget));
    if (++panels_ > LineIntegrator::panel_budget)
      throw SolverError(
          fmt::format("drift and noise vary too fast between x = {:.8g} and {:.8g}: their integrals need more than {} "
                      "panels there",
                      a, b, LineIntegrator::panel_budget));
    const Samples left = sample_(a, middle), right = sample_(middle, b);
    // Round-off is on both sides and stays; a kink is on one of them.
    constexpr double round_off = 1e-7, stays = 0.2;
    const bool noise = rough < round_off && std::min(roughness(left), roughness(right)) > stays * rough;
    const LineIntegral first = refine(a, middle, left, noise, depth + 1);
    return joined(first, refine(middle, b, right, noise, depth + 1));
  }

  const Sampler& sample_;
  double alpha_;
  std::atomic<long>& all_;
  long panels_ = 0;
};

/// Samples of several panels, one column each.
struct PanelSamples {
  Panels slope, log_noise;
  Eigen::Array<double, 1, Eigen::Dynamic> uncertainty, missed;

  Samples operator[](Index panel) const {
    return {slope.col(panel), log_noise.col(panel), uncertainty[panel], missed[panel]};
  }
};

/// Drift and noise at the nodes of panels, and just inside their ends: what lies between them and the outermost nodes
/// is seen by no node. (At an end itself a piecewise drift may have the value of the other side.)
class PanelSampler {
 public:
  PanelSampler(const BlockCoefficients& coefficients, double largest)
      : coefficients_(coefficients), largest_(largest) {}

  /// Panels that start at `start` and are `widths` long (signed), D not taken below `least` of the largest.
  PanelSamples operator()(const Eigen::ArrayXd& start, const Eigen::ArrayXd& widths, double least = least_noise) const {
    using Points = Eigen::Array<double, order + 2, Eigen::Dynamic>;
    const Collocation& rule = collocation();
    const Index n = widths.size(), points = (order + 2) * n;
    Eigen::Array<double, order + 2, 1> places;
    places << rule.nodes, inside, 1.0 - inside;
    // Blocks are filled up by the last point.
    const Index whole = (points + program_block - 1) / program_block * program_block;
    Eigen::ArrayXd x(whole), force(whole), factor(whole);
    Eigen::Map<Points>(x.data(), order + 2, n) =
        (places.matrix() * widths.matrix().transpose()).array().rowwise() + start.transpose();
    x.tail(whole - points).setConstant(x[points - 1]);
    coefficients_.sample(x.data(), force.data(), factor.data(), whole, whole);
    if (const auto& constant = coefficients_.constant_factor()) factor.setConstant((*constant)(0, 0));
    const Eigen::Map<const Points> drift(force.data(), order + 2, n), root(factor.data(), order + 2, n);
    const Points noise = (0.5 * root.square()).max(least * largest_);
    const Points slope = (-drift / noise).rowwise() * widths.transpose(), log_noise = noise.log();
    const auto between_nodes = [&](const Points& values) -> Eigen::Array<double, 1, Eigen::Dynamic> {
      const auto at_nodes = values.template topRows<order>().matrix();
      return (rule.at_start.matrix().transpose() * at_nodes - values.row(order).matrix())
          .cwiseAbs()
          .cwiseMax((rule.at_end.matrix().transpose() * at_nodes - values.row(order + 1).matrix()).cwiseAbs())
          .array();
    };
    PanelSamples samples{slope.template topRows<order>(), log_noise.template topRows<order>(), {}, {}};
    samples.uncertainty =
        std::numeric_limits<double>::epsilon() * largest_ / noise.template topRows<order>().colwise().minCoeff();
    samples.missed = share_of_gap * (between_nodes(slope) / (1.0 + samples.slope.abs().colwise().maxCoeff()) +
                                     between_nodes(log_noise));
    samples.missed = samples.missed.isFinite().select(samples.missed, 0.0);
    if (least > 0.0)
      for (Index p = 0; p < n; ++p)
        if (!samples.slope.col(p).allFinite() || !samples.log_noise.col(p).allFinite())
          throw SolverError(fmt::format("drift or diffusion is not finite between x = {} and {}", x[(order + 2) * p],
                                        x[(order + 2) * p + order - 1]));
    return samples;
  }

  /// Without a floor of D a wall may have 0 / 0.
  Samples one(double a, double b, double least = least_noise) const {
    return (*this)(Eigen::ArrayXd::Constant(1, a), Eigen::ArrayXd::Constant(1, b - a), least)[0];
  }

 private:
  static constexpr double least_noise = 1e-14;
  static constexpr double inside = 1e-6;
  // A kink between the outermost node, 0.02 off the end, and the end: of what the polynomial misses there at most a
  // hundredth comes into integrals.
  static constexpr double share_of_gap = 0.01;

  const BlockCoefficients& coefficients_;
  double largest_;
};

/// What drift and noise come to towards a wall at which D vanishes: y dPhi/dy and log D - power log y as series in y.
struct SingularEnd {
  double reach;  // distance from the wall that the series hold for
  int power;
  Nodes log_slope, log_noise;  // coefficients of shifted Legendre polynomials of y / reach

  /// Panel from distance `far` to `near` of the wall, going to it.
  Samples samples(double far, double near) const {
    const Collocation& rule = collocation();
    Samples at;
    for (int q = 0; q < order; ++q) {
      const double y = far + (near - far) * rule.nodes[q];
      const Nodes values = Collocation::polynomials(y / reach);
      at.slope[q] = (log_slope * values).sum() * (near - far) / y;
      at.log_noise[q] = (log_noise * values).sum() + power * std::log(y);
    }
    return at;
  }
  double limit_slope() const { return (log_slope * Collocation::polynomials(0.0)).sum(); }
  double log_noise_at(double y) const {
    return (log_noise * Collocation::polynomials(y / reach)).sum() + power * std::log(y);
  }
};

/// side: +1 for a wall below, -1 for one above. reach: how far from the wall the coefficients may be asked for.
std::optional<SingularEnd> singular_end(const PanelSampler& sampler, double wall, double side, double reach) {
  const Collocation& rule = collocation();
  constexpr int halvings = 40;
  for (int k = 0; k < halvings; ++k, reach *= 0.5) {
    const Samples at = sampler.one(wall, wall + side * reach, 0.0);
    if (!at.slope.allFinite() || !at.log_noise.allFinite()) return std::nullopt;
    const Nodes y = reach * rule.nodes;
    const Nodes log_slope = at.slope * rule.nodes;  // y dPhi/dy
    // The power with which D vanishes, from the two innermost nodes.
    const double power = std::round((at.log_noise[1] - at.log_noise[0]) / std::log(y[1] / y[0]));
    if (!(power >= 1 && power <= 2)) continue;
    const Nodes log_noise = at.log_noise - power * y.log();
    if (roughness(log_slope, log_noise) > smooth_tail) continue;
    return SingularEnd{reach, static_cast<int>(power), (rule.legendre * log_slope.matrix()).array(),
                       (rule.legendre * log_noise.matrix()).array()};
  }
  return std::nullopt;
}

/// From distance y to the wall where slopes and noise follow powers of the distance.
LineIntegral power_law(double y, double log_slope, double log_noise, int power, double alpha) {
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

double log_sum(double a, double b) {
  const double high = std::max(a, b), low = std::min(a, b);
  return std::isinf(high) ? high : high + std::log1p(std::exp(low - high));
}

LineIntegral joined(const LineIntegral& first, const LineIntegral& second) {
  const double resistance = first.rise + second.log_resistance, mass = second.log_mass - first.rise;
  return {first.rise + second.rise, log_sum(first.log_resistance, resistance), log_sum(first.log_mass, mass),
          log_sum(log_sum(first.log_up, second.log_up), first.log_resistance + mass),
          log_sum(log_sum(first.log_down, second.log_down), first.log_mass + resistance)};
}

LineIntegral reversed(const LineIntegral& integral) {
  return {-integral.rise, integral.log_resistance - integral.rise, integral.log_mass + integral.rise, integral.log_down,
          integral.log_up};
}

LineIntegrator::LineIntegrator(const Dynamics& dynamics, double largest_diffusion, double time)
    : coefficients_(dynamics, true, time),
      diffusion_(dynamics.diffusion),
      alpha_(alpha_of(dynamics.interpretation)),
      largest_diffusion_(largest_diffusion),
      time_(time) {}

LineIntegral LineIntegrator::operator()(double a, double b) const {
  if (a == b) return {};
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  const auto sample = [&](double from, double to) { return sampler.one(from, to); };
  return Refinement(sample, alpha_, panels_)(a, b);
}

std::vector<LineIntegral> LineIntegrator::operator()(const std::vector<double>& stops) const {
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  const auto stretches = static_cast<Index>(stops.size()) - 1;
  std::vector<LineIntegral> integrals(static_cast<std::size_t>(std::max<Index>(stretches, 0)));
  constexpr Index block = 64;
  const Index blocks = (stretches + block - 1) / block;
  FirstFailure failure;
#pragma omp parallel for schedule(dynamic, 4)
  for (Index number = 0; number < blocks; ++number)
    failure.guard([&] {
      const Index first = number * block, count = std::min(block, stretches - first);
      const Eigen::Map<const Eigen::ArrayXd> start(stops.data() + first, count), end(stops.data() + first + 1, count);
      const Eigen::ArrayXd widths = end - start;
      const PanelSamples samples = sampler(start, widths);
      const CollocatedPanels<Eigen::Dynamic> panels(samples.slope, samples.log_noise, widths.transpose(), alpha_);
      for (Index p = 0; p < count; ++p) {
        const Samples at = samples[p];
        const bool gentle = at.slope.abs().maxCoeff() <= gentle_range && smooth(at, roughness(at));
        integrals[static_cast<std::size_t>(first + p)] = gentle ? panels[p] : (*this)(start[p], end[p]);
      }
    });
  failure.rethrow();
  return integrals;
}

LineIntegral LineIntegrator::to_wall(double x, double wall, double room) const {
  const PanelSampler sampler(coefficients_, largest_diffusion_);
  DiffusionSamples at_wall;
  diffusion_->sample(Eigen::MatrixXd::Constant(1, 1, wall), false, at_wall, time_);
  if (at_wall.tensor(0, 0) <= vanishing_noise * largest_diffusion_) {
    const double side = x > wall ? 1.0 : -1.0, distance = std::abs(x - wall);
    if (const auto end = singular_end(sampler, wall, side, std::max(distance, room))) {
      const double turn = wall + side * end->reach;
      LineIntegral integral;
      if (end->reach < distance) integral = x > wall ? reversed((*this)(turn, x)) : (*this)(x, turn);
      // The series are known down to the wall: panels that halve the distance, until powers are all that is left.
      const auto sample = [&](double from, double to) { return end->samples(-from, -to); };
      constexpr int halvings = 60;
      double y = std::min(end->reach, distance);
      for (int k = 0; k < halvings; ++k, y *= 0.5)
        integral = joined(integral, Refinement(sample, alpha_, panels_)(-y, -0.5 * y));
      return joined(integral, power_law(y, end->limit_slope(), end->log_noise_at(y), end->power, alpha_));
    }
  }
  return x > wall ? reversed((*this)(wall, x)) : (*this)(x, wall);
}

}  // namespace valleyflux
