#include "solver/discretisation/panel_sampler.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

/// Numbers of n panels, those at the points row by row. The last two points are those just inside the ends.
struct PanelRows {
  const double *start, *widths;
  double *x, *drift, *factor;
  double *slope, *log_noise, *largest_slope, *uncertainty, *roughness;
};

template <int Order>
struct PlacePoints {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(PanelRows rows, Index n, const double* nodes) {
    for (Index k = 0; k < Order + 2; ++k) {
      const double place = k < Order    ? nodes[k]
                           : k == Order ? CollocationOf<Order>::inside
                                        : 1.0 - CollocationOf<Order>::inside;
      VALLEYFLUX_INDEPENDENT
      for (Index p = 0; p < n; ++p) rows.x[k * n + p] = fused(place, rows.widths[p], rows.start[p]);
    }
  }
};

/// Weights of a rule's nodes times the values there, which lie n apart.
template <int Order>
VALLEYFLUX_INLINE double at_nodes(const double* weights, const double* values, Index n) {
  double sum = weights[0] * values[0];
  for (Index k = 1; k < Order; ++k) sum = fused(weights[k], values[k * n], sum);
  return sum;
}

/// The last two coefficients, and what the polynomial misses just inside the ends.
template <int Order>
VALLEYFLUX_INLINE void look_over(const CollocationOf<Order>& rule, const double* values, Index n, double& tail,
                                 double& missed) {
  const double* last = rule.legendre.data() + Order * (Order - 1);
  tail = std::abs(at_nodes<Order>(last - Order, values, n)) + std::abs(at_nodes<Order>(last, values, n));
  const double below = std::abs(at_nodes<Order>(rule.by_start.data(), values, n) - values[Order * n]);
  const double above = std::abs(at_nodes<Order>(rule.by_end.data(), values, n) - values[(Order + 1) * n]);
  missed = below < above ? above : below;
}

/// What the integrals are made of, from drift and S at the points; where S is the same everywhere, log D is.
template <int Order>
struct Sampled {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(PanelRows rows, Index n, const CollocationOf<Order>* rule, double least,
                                    double round_off, double constant_noise, double log_constant) {
    // A kink between an end and the outermost node: of what the polynomial misses there at most half of that part of
    // the panel comes into integrals.
    const double share_of_gap = 0.5 * rule->nodes[0];
    constexpr double largest_number = std::numeric_limits<double>::max();
    constexpr Index points = Order + 2;
    const bool constant = constant_noise > 0.0;
    if (constant) {
      const double inverse = -1.0 / constant_noise;
      for (Index k = 0; k < points; ++k) {
        VALLEYFLUX_INDEPENDENT
        for (Index p = 0; p < n; ++p) rows.slope[k * n + p] = rows.drift[k * n + p] * inverse * rows.widths[p];
      }
      std::fill_n(rows.log_noise, points * n, log_constant);
    } else {
      for (Index k = 0; k < points; ++k) {
        VALLEYFLUX_INDEPENDENT
        for (Index p = 0; p < n; ++p) {
          const Index at = k * n + p;
          const double given = 0.5 * rows.factor[at] * rows.factor[at], D = given < least ? least : given;
          // Where there is none at all, as on stretches without noise, D is known.
          rows.factor[at] = given == 0.0 ? largest_number : D;
          rows.slope[at] = -rows.drift[at] / D * rows.widths[p];
          rows.log_noise[at] = wide_log(D);
        }
      }
    }
    VALLEYFLUX_INDEPENDENT
    for (Index p = 0; p < n; ++p) {
      double largest = std::abs(rows.slope[p]);
      for (Index k = 1; k < Order; ++k) {
        const double size = std::abs(rows.slope[k * n + p]);
        largest = size > largest ? size : largest;
      }
      double tail, missed;
      look_over<Order>(*rule, rows.slope + p, n, tail, missed);
      const double scale = 1.0 / (1.0 + largest);
      missed *= share_of_gap * scale;
      rows.largest_slope[p] = largest;
      rows.roughness[p] = tail * scale;
      rows.uncertainty[p] = missed;
    }
    if (!constant) {
      VALLEYFLUX_INDEPENDENT
      for (Index p = 0; p < n; ++p) {
        double tail, missed;
        look_over<Order>(*rule, rows.log_noise + p, n, tail, missed);
        rows.roughness[p] += tail;
        rows.uncertainty[p] += share_of_gap * missed;
      }
    }
    VALLEYFLUX_INDEPENDENT
    for (Index p = 0; p < n; ++p) {
      const double missed = rows.uncertainty[p];
      rows.roughness[p] = missed > rows.roughness[p] && missed <= largest_number ? missed : rows.roughness[p];
      double smallest = constant ? constant_noise : rows.factor[p];
      if (!constant)
        for (Index k = 1; k < Order; ++k) {
          const double D = rows.factor[k * n + p];
          smallest = D < smallest ? D : smallest;
        }
      rows.uncertainty[p] = round_off / smallest;
    }
  }
};

double tail(const Collocation::Nodes& values) {
  return (collocation().legendre.bottomRows<2>() * values.matrix()).cwiseAbs().sum();
}

}  // namespace

double roughness(const Collocation::Nodes& slope, const Collocation::Nodes& log_noise) {
  return tail(slope) / (1.0 + slope.abs().maxCoeff()) + tail(log_noise);
}

void PanelSamples::resize(Index points, Index panels) {
  slope.resize(points, panels);
  log_noise.resize(points, panels);
  for (auto* row : {&largest_slope, &uncertainty, &roughness}) row->resize(panels);
}

template <int Order>
void PanelSampler::sample(const Eigen::ArrayXd& start, const Eigen::ArrayXd& widths, PanelSamples& samples,
                          double least) const {
  constexpr Index points = Order + 2, most = points * panel_block;
  static_assert(most % program_block == 0);
  const CollocationOf<Order>& rule = collocation_of<Order>();
  const Index n = widths.size(), all = points * n;
  // Blocks of a program are filled up by the last point.
  const Index whole = (all + program_block - 1) / program_block * program_block;
  alignas(64) std::array<double, static_cast<std::size_t>(most)> x, drift, factor;
  samples.resize(points, n);
  const PanelRows rows{start.data(),
                       widths.data(),
                       x.data(),
                       drift.data(),
                       factor.data(),
                       samples.slope.data(),
                       samples.log_noise.data(),
                       samples.largest_slope.data(),
                       samples.uncertainty.data(),
                       samples.roughness.data()};
  run_widest<PlacePoints<Order>>(rows, n, rule.nodes.data());
  std::fill(x.begin() + all, x.begin() + whole, x[static_cast<std::size_t>(all - 1)]);
  coefficients_.sample(x.data(), drift.data(), factor.data(), whole, whole);
  const auto& S = coefficients_.constant_factor();
  const double constant = S ? std::max(0.5 * (*S)(0, 0) * (*S)(0, 0), least * largest_) : 0.0;
  run_widest<Sampled<Order>>(rows, n, &rule, least * largest_, std::numeric_limits<double>::epsilon() * largest_,
                             constant, wide_log(constant));
  // What is not finite makes the roughness so.
  if (least > 0.0 && !samples.roughness.allFinite())
    for (Index p = 0; p < n; ++p)
      if (!samples.slope.col(p).template head<Order>().allFinite() ||
          !samples.log_noise.col(p).template head<Order>().allFinite())
        throw SolverError(fmt::format("drift or diffusion is not finite between x = {} and {}",
                                      x[static_cast<std::size_t>(p)],
                                      x[static_cast<std::size_t>((Order - 1) * n + p)]));
}

template void PanelSampler::sample<4>(const Eigen::ArrayXd&, const Eigen::ArrayXd&, PanelSamples&, double) const;
template void PanelSampler::sample<8>(const Eigen::ArrayXd&, const Eigen::ArrayXd&, PanelSamples&, double) const;

}  // namespace valleyflux
