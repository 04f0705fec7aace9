#include "tools/benchmarks/suite/references.hpp"

#include "tools/benchmarks/suite/peers/contour.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace suite {

namespace {

#ifdef __SIZEOF_FLOAT128__
using Quadruple = __float128;
#else
using Quadruple = long double;  // has as many digits where compilers know no __float128
#endif

/// Calls f(edge, first state, second state).
template <typename F>
void each_edge(const Chain& chain, const F& f) {
  for (std::size_t e = 0; e < chain.from.size(); ++e)
    f(e, static_cast<std::size_t>(chain.from[e]), static_cast<std::size_t>(chain.to[e]));
}

}  // namespace

std::vector<double> verified_passage(const Chain& chain, const Solve& approximate) {
  using Digits = boost::multiprecision::cpp_bin_float_50;
  const std::size_t states = chain.exit.size();
  std::vector<Digits> u(states, 0), residual(states);
  for (int round = 0; round < 8; ++round) {
    for (std::size_t i = 0; i < states; ++i) residual[i] = 1 - chain.exit[i] * u[i];
    each_edge(chain, [&](std::size_t e, std::size_t i, std::size_t j) {
      const Digits rise = u[j] - u[i];
      residual[i] += chain.forward[e] * rise;
      residual[j] -= chain.backward[e] * rise;
    });
    std::vector<double> rounded;
    double largest = 0.0;
    for (const Digits& r : residual) {
      rounded.push_back(static_cast<double>(r));
      largest = std::max(largest, std::abs(rounded.back()));
    }
    if (largest <= 1e-16) {
      for (std::size_t i = 0; i < states; ++i) rounded[i] = static_cast<double>(u[i]);
      return rounded;
    }
    const std::vector<double> correction = approximate(rounded);
    for (std::size_t i = 0; i < states; ++i) u[i] += correction[i];
  }
  throw std::runtime_error("the mean first-passage times could not be verified");
}

Solve quadruple_solver(const Chain& chain) {
  std::size_t band = 0;
  each_edge(chain, [&](std::size_t, std::size_t i, std::size_t j) { band = std::max(band, j - i); });
  const std::size_t states = chain.exit.size(), width = 2 * band + 1;
  std::vector<Quadruple> rows(states * width, 0);  // of -Q: entry (i, j) at i width + band + j - i
  const auto entry = [=](std::size_t i, std::size_t j) { return i * width + band + j - i; };
  for (std::size_t i = 0; i < states; ++i) rows[entry(i, i)] = chain.exit[i];
  each_edge(chain, [&](std::size_t e, std::size_t i, std::size_t j) {
    rows[entry(i, i)] += chain.forward[e];
    rows[entry(j, j)] += chain.backward[e];
    rows[entry(i, j)] -= chain.forward[e];
    rows[entry(j, i)] -= chain.backward[e];
  });
  for (std::size_t k = 0; k < states; ++k)
    for (std::size_t i = k + 1; i < std::min(states, k + band + 1); ++i) {
      const Quadruple factor = rows[entry(i, k)] /= rows[entry(k, k)];
      if (factor == 0) continue;
      for (std::size_t j = k + 1; j < std::min(states, k + band + 1); ++j)
        rows[entry(i, j)] -= factor * rows[entry(k, j)];
    }
  return [=, rows = std::move(rows)](const std::vector<double>& f) {
    std::vector<Quadruple> u(f.begin(), f.end());
    for (std::size_t i = 0; i < states; ++i)
      for (std::size_t j = i - std::min(i, band); j < i; ++j) u[i] -= rows[entry(i, j)] * u[j];
    for (std::size_t i = states; i-- > 0;) {
      for (std::size_t j = i + 1; j < std::min(states, i + band + 1); ++j) u[i] -= rows[entry(i, j)] * u[j];
      u[i] /= rows[entry(i, i)];
    }
    return std::vector<double>(u.begin(), u.end());
  };
}

std::vector<double> chebyshev_density(const Chain& chain) {
  const std::size_t states = chain.exit.size();
  using Extended = long double;  // where weights are small, the start over their root is large
  std::vector<Extended> diagonal(chain.exit.begin(), chain.exit.end()), coupling;
  each_edge(chain, [&](std::size_t e, std::size_t i, std::size_t j) {
    diagonal[i] += chain.forward[e];
    diagonal[j] += chain.backward[e];
    coupling.push_back(std::sqrt(Extended(chain.forward[e]) * chain.backward[e]));
  });
  // Gershgorin: the eigenvalues of Q lie between -2 half and 0; X = 1 + Q / half between -1 and 1.
  const Extended half = *std::max_element(diagonal.begin(), diagonal.end()), z = half * chain.time;

  // exp(-z) I_k(z) by Miller's backward recurrence, normalised by I_0 + 2 (I_1 + I_2 + ...) = exp(z).
  const auto terms = static_cast<std::size_t>(20 + std::sqrt(100 * z + 1000));
  std::vector<Extended> bessel(terms + 1);
  Extended after = 0, present = 1e-300L, sum = 0;
  for (std::size_t k = terms; k > 0; --k) {
    bessel[k] = present;
    sum += 2 * present;
    const Extended before = after + 2 * static_cast<Extended>(k) / z * present;
    after = present;
    present = before;
  }
  bessel[0] = present;
  sum += present;

  std::vector<Extended> root(states), previous(states), term(states), next(states), total(states);
  for (std::size_t i = 0; i < states; ++i) {
    root[i] = std::exp(Extended(0.5) * chain.log_weight[i]);
    term[i] = chain.start[i] / root[i];
    total[i] = bessel[0] / sum * term[i];
  }
  for (std::size_t k = 1; k <= terms; ++k) {
    const Extended scale = k == 1 ? 1 : 2, pull = scale / half;
    for (std::size_t i = 0; i < states; ++i) next[i] = (scale - pull * diagonal[i]) * term[i] - previous[i];
    each_edge(chain, [&](std::size_t e, std::size_t i, std::size_t j) {
      next[i] += pull * coupling[e] * term[j];
      next[j] += pull * coupling[e] * term[i];
    });
    previous.swap(term);
    term.swap(next);
    const Extended weight = 2 * bessel[k] / sum;
    for (std::size_t i = 0; i < states; ++i) total[i] += weight * term[i];
  }
  std::vector<double> density;
  for (std::size_t i = 0; i < states; ++i) density.push_back(static_cast<double>(total[i] * root[i]));
  return density;
}

std::vector<double> contour_density(const Chain& chain) {
  return density_on_line<Quadruple>(chain, 40);
}

double verified_eigenvalue(const Chain& chain, const Solve& approximate_shifted) {
  const std::size_t states = chain.exit.size();
  std::vector<double> weight(states), u(states);
  double total = 0.0;
  for (std::size_t i = 0; i < states; ++i) total += weight[i] = std::exp(chain.log_weight[i]);
  const double middle =
      0.5 * static_cast<double>(*std::max_element(chain.column.begin(), chain.column.end()));  // between two valleys
  for (std::size_t i = 0; i < states; ++i) u[i] = chain.column[i] < middle ? 1.0 : -1.0;
  for (int round = 0; round < 30; ++round) {
    double mean = 0.0, square = 0.0;
    for (std::size_t i = 0; i < states; ++i) mean += weight[i] / total * u[i];
    for (std::size_t i = 0; i < states; ++i) {
      u[i] -= mean;
      square += weight[i] * u[i] * u[i];
    }
    double current = 0.0;
    std::vector<double> residual(states);
    each_edge(chain, [&](std::size_t e, std::size_t i, std::size_t j) {
      current += weight[i] * chain.forward[e] * (u[i] - u[j]) * (u[i] - u[j]);
      residual[i] += chain.forward[e] * (u[i] - u[j]);
      residual[j] += chain.backward[e] * (u[j] - u[i]);
    });
    const double quotient = current / square;
    double norm = 0.0;
    for (std::size_t i = 0; i < states; ++i) norm += weight[i] * std::pow(residual[i] - quotient * u[i], 2);
    // The quotient's error is below |r|^2 over the gap to the next eigenvalue, which is larger than this one.
    if (norm / square <= 1e-13 * quotient * quotient) return quotient;
    u = approximate_shifted(u);
  }
  throw std::runtime_error("the slowest eigenvalue could not be verified");
}

double passage_by_quadrature(const std::function<double(double)>& energy, double noise, double wall, double start,
                             double target) {
  using boost::math::quadrature::gauss_kronrod;
  const auto inner = [&](double y) {
    return gauss_kronrod<double, 31>::integrate([&](double z) { return std::exp((energy(y) - energy(z)) / noise); },
                                                wall, y, 10, 1e-13);
  };
  return gauss_kronrod<double, 31>::integrate(inner, start, target, 10, 1e-13) / noise;
}

}  // namespace suite
