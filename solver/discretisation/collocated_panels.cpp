#include "solver/discretisation/collocated_panels.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// Weights of a rule's nodes times this panel's values there, which lie n apart.
template <int Order>
VALLEYFLUX_INLINE double weighted(const double* weights, const double* values, Index n) {
  double sum = weights[0] * values[0];
  for (Index k = 1; k < Order; ++k) sum = fused(weights[k], values[k * n], sum);
  return sum;
}

/// Numbers of n panels, those at the nodes row by row.
struct Panels {
  const double *slope, *log_noise, *widths;
  double *rise, *resistance, *mass, *up, *down;
};

template <int Order>
struct Collocate {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(Panels panels, Index n, double alpha, const CollocationOf<Order>* rule) {
    const double *before = rule->antiderivative.data(), *after = rule->remaining.data();
    const double* weights = rule->weights.data();
    alignas(64) double scale[Order * panel_block], speed[Order * panel_block];
    for (Index i = 0; i < Order; ++i) {
      VALLEYFLUX_INDEPENDENT
      for (Index p = 0; p < n; ++p) scale[i * n + p] = weighted<Order>(before + i * Order, panels.slope + p, n);
    }
    VALLEYFLUX_INDEPENDENT
    for (Index k = 0; k < Order * n; ++k) {
      const double phi = scale[k], log_noise = panels.log_noise[k];
      scale[k] = wide_exp(fused(-alpha, log_noise, phi));
      speed[k] = wide_exp(fused(alpha - 1.0, log_noise, -phi));
    }
    VALLEYFLUX_INDEPENDENT
    for (Index p = 0; p < n; ++p) {
      panels.rise[p] = weighted<Order>(weights, panels.slope + p, n);
      panels.resistance[p] = weighted<Order>(weights, scale + p, n);
      panels.mass[p] = weighted<Order>(weights, speed + p, n);
      panels.up[p] = panels.down[p] = 0.0;
    }
    for (Index i = 0; i < Order; ++i) {
      VALLEYFLUX_INDEPENDENT
      for (Index p = 0; p < n; ++p) {
        const double density = weights[i] * speed[i * n + p];
        panels.up[p] = fused(density, weighted<Order>(before + i * Order, scale + p, n), panels.up[p]);
        panels.down[p] = fused(density, weighted<Order>(after + i * Order, scale + p, n), panels.down[p]);
      }
    }
    VALLEYFLUX_INDEPENDENT
    for (Index p = 0; p < n; ++p) {
      const double width = panels.widths[p];
      panels.resistance[p] *= width;
      panels.mass[p] *= width;
      panels.up[p] *= width * width;
      panels.down[p] *= width * width;
    }
  }
};

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

LineIntegral PanelIntegrals::operator[](Index panel) const {
  return {rise[panel], std::log(resistance[panel]), std::log(mass[panel]), std::log(up[panel]), std::log(down[panel])};
}

template <int Order>
void collocate(const PanelSamples& samples, const Eigen::ArrayXd& widths, double alpha, PanelIntegrals& integrals) {
  const Index n = widths.size();
  for (auto* row : {&integrals.rise, &integrals.resistance, &integrals.mass, &integrals.up, &integrals.down})
    row->resize(n);
  const Panels panels{samples.slope.data(),  samples.log_noise.data(),    widths.data(),
                      integrals.rise.data(), integrals.resistance.data(), integrals.mass.data(),
                      integrals.up.data(),   integrals.down.data()};
  run_widest<Collocate<Order>>(panels, n, alpha, &collocation_of<Order>());
}

template void collocate<4>(const PanelSamples&, const Eigen::ArrayXd&, double, PanelIntegrals&);
template void collocate<8>(const PanelSamples&, const Eigen::ArrayXd&, double, PanelIntegrals&);

LineIntegral collocated(const PanelSample& at, double width, double alpha) {
  // Of squares of widths logarithms alone may be left.
  const double whole = 1.0, log_width = std::log(width);
  double rise, resistance, mass, up, down;
  const Panels panel{at.slope.data(), at.log_noise.data(), &whole, &rise, &resistance, &mass, &up, &down};
  run_widest<Collocate<Collocation::order>>(panel, Index{1}, alpha, &collocation());
  return {rise, log_width + std::log(resistance), log_width + std::log(mass), 2.0 * log_width + std::log(up),
          2.0 * log_width + std::log(down)};
}

}  // namespace valleyflux
