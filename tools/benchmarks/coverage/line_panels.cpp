#include "tools/benchmarks/coverage/line_panels.hpp"

#include "tools/benchmarks/coverage/line_truth.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace valleyflux::coverage {

namespace {

constexpr std::size_t n = 16;

/// Gauss-Legendre nodes x_i and weights on [-1, 1], and the integrals of the interpolating polynomial up to each node:
/// int_-1^x_i f = sum_j upto[i][j] f(x_j), from the Legendre expansion of Lagrange's polynomials.
struct Rule {
  std::array<long double, n> x{}, weight{};
  std::array<std::array<long double, n>, n> upto{};

  Rule() {
    using Gauss = boost::math::quadrature::gauss<long double, n>;
    for (std::size_t k = 0; k < n / 2; ++k) {
      x[n / 2 + k] = Gauss::abscissa()[k];
      x[n / 2 - 1 - k] = -Gauss::abscissa()[k];
      weight[n / 2 + k] = weight[n / 2 - 1 - k] = Gauss::weights()[k];
    }
    std::array<std::array<long double, n + 1>, n> legendre{};
    for (std::size_t i = 0; i < n; ++i) {
      legendre[i][0] = 1.0L;
      legendre[i][1] = x[i];
      for (std::size_t k = 1; k < n; ++k)
        legendre[i][k + 1] = (static_cast<long double>(2 * k + 1) * x[i] * legendre[i][k] -
                              static_cast<long double>(k) * legendre[i][k - 1]) /
                             static_cast<long double>(k + 1);
    }
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        long double sum = x[i] + 1.0L;
        for (std::size_t k = 1; k < n; ++k) sum += legendre[j][k] * (legendre[i][k + 1] - legendre[i][k - 1]);
        upto[i][j] = 0.5L * weight[j] * sum;
      }
  }
};

const Rule& rule() {
  static const Rule made;
  return made;
}

long double steepest(const LineFunctions& process, long double a, long double b) {
  constexpr int samples = 8;
  long double found = 0.0L;
  for (int k = 0; k <= samples; ++k)
    found = std::max(found, std::abs(process.potential_slope(a + (b - a) * static_cast<long double>(k) / samples)));
  return found;
}

}  // namespace

LineFunctions::LineFunctions(const LineProcess& process)
    : potential_slope([process](long double x) { return process.potential_slope(x); }),
      noise([process](long double x) { return process.noise(x); }),
      alpha(process.alpha),
      fastest(process.modulation.amplitude == 0.0 ? 0.0 : process.modulation.frequency) {
  for (const LineProcess::Wave& wave : process.waves) fastest = std::max(fastest, std::abs(wave.frequency));
}

LinePanels::LinePanels(const LineFunctions& process, double low, double high, const std::vector<double>& points,
                       int refinement) {
  const long double widest = std::min((static_cast<long double>(high) - low) / 30.0L,
                                      process.fastest > 0 ? 0.4L / process.fastest : high - low) /
                             refinement;
  std::vector<long double> stops(points.begin(), points.end());
  stops.push_back(low);
  stops.push_back(high);
  std::sort(stops.begin(), stops.end());
  stops.erase(std::unique(stops.begin(), stops.end()), stops.end());
  constexpr long double step = 1.5L;  // of the potential
  edges_ = {stops.front()};
  for (std::size_t k = 0; k + 1 < stops.size(); ++k) {
    std::vector<long double> ahead{stops[k + 1]};
    while (!ahead.empty()) {
      const long double a = edges_.back(), b = ahead.back();
      if (b - a > widest || steepest(process, a, b) * (b - a) * refinement > step) {
        ahead.push_back(0.5L * (a + b));
      } else {
        edges_.push_back(b);
        ahead.pop_back();
      }
    }
  }

  Values slope((edges_.size() - 1) * n), noise(slope.size());
  for (std::size_t panel = 0; panel + 1 < edges_.size(); ++panel)
    for (std::size_t i = 0; i < n; ++i) {
      const long double half = 0.5L * (edges_[panel + 1] - edges_[panel]);
      const long double x = edges_[panel] + half * (1.0L + rule().x[i]);
      slope[panel * n + i] = process.potential_slope(x);
      noise[panel * n + i] = process.noise(x);
    }
  const Cumulated potential = from_low(slope);
  rise_ = potential.edges.back();
  const auto [least, most] = std::minmax_element(potential.edges.begin(), potential.edges.end());
  constexpr long double holds = 5000.0L;
  if (*most - *least > holds) throw TruthError("the potential spans too much");
  const long double middle = 0.5L * (*least + *most);
  scale_.resize(slope.size());
  speed_.resize(slope.size());
  for (std::size_t k = 0; k < slope.size(); ++k) {
    scale_[k] = std::exp(potential.nodes[k] - middle) * std::pow(noise[k], -static_cast<long double>(process.alpha));
    speed_[k] = 1.0L / (noise[k] * scale_[k]);
  }
}

LinePanels::Cumulated LinePanels::from_low(const Values& f) const {
  Cumulated result{Values(f.size()), Values(edges_.size())};
  for (std::size_t panel = 0; panel + 1 < edges_.size(); ++panel) {
    const long double half = 0.5L * (edges_[panel + 1] - edges_[panel]);
    const std::size_t first = panel * n;
    long double whole = 0.0L;
    for (std::size_t i = 0; i < n; ++i) {
      long double sum = 0.0L;
      for (std::size_t j = 0; j < n; ++j) sum += rule().upto[i][j] * f[first + j];
      result.nodes[first + i] = result.edges[panel] + half * sum;
      whole += rule().weight[i] * f[first + i];
    }
    result.edges[panel + 1] = result.edges[panel] + half * whole;
  }
  return result;
}

LinePanels::Cumulated LinePanels::from_high(const Values& f) const {
  Cumulated result{Values(f.size()), Values(edges_.size())};
  for (std::size_t panel = edges_.size() - 1; panel-- > 0;) {
    const long double half = 0.5L * (edges_[panel + 1] - edges_[panel]);
    const std::size_t first = panel * n;
    long double whole = 0.0L;
    for (std::size_t i = 0; i < n; ++i) {
      long double sum = 0.0L;
      // The rule is symmetric about the middle of the panel.
      for (std::size_t j = 0; j < n; ++j) sum += rule().upto[n - 1 - i][n - 1 - j] * f[first + j];
      result.nodes[first + i] = result.edges[panel + 1] + half * sum;
      whole += rule().weight[i] * f[first + i];
    }
    result.edges[panel] = result.edges[panel + 1] + half * whole;
  }
  return result;
}

std::size_t LinePanels::edge_at(double point) const {
  const auto found = std::lower_bound(edges_.begin(), edges_.end(), static_cast<long double>(point));
  if (found == edges_.end() || *found != static_cast<long double>(point))
    throw std::logic_error("no panel begins or ends there");
  return static_cast<std::size_t>(found - edges_.begin());
}

}  // namespace valleyflux::coverage
