#include "solver/recommended_rate.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace valleyflux {

namespace {

/// Place among the methods to be quoted; smaller is better.
int rank(const std::string& method) {
  constexpr std::array<std::string_view, 9> order{"mean_first_passage", "quasi_stationary", "reactive_flux", "flux",
                                                  "sgd_chain",          "splitting",        "langevin",      "sgd",
                                                  "theory:laplace"};
  return static_cast<int>(std::find(order.begin(), order.end(), method) - order.begin());
}

double relative_error(const Estimate& estimate) {
  if (!estimate.low || !estimate.high) return std::numeric_limits<double>::infinity();
  return *estimate.rate > 0 ? 0.5 * (*estimate.high - *estimate.low) / *estimate.rate : 0.0;
}

}  // namespace

void recommend(std::vector<Estimate>& estimates, double wanted) {
  for (Estimate& one : estimates) one.recommended = false;
  for (std::size_t k = 0; k < estimates.size(); ++k) {
    const auto same = [&](const Estimate& other) {
      return other.from == estimates[k].from && other.to == estimates[k].to;
    };
    if (std::any_of(estimates.begin(), estimates.begin() + static_cast<std::ptrdiff_t>(k), same)) continue;
    Estimate* best = nullptr;
    Estimate *eigenvalue = nullptr, *direct = nullptr;
    for (Estimate& one : estimates) {
      if (!same(one) || !one.rate) continue;
      if (one.method == "quasi_stationary" && !eigenvalue) eigenvalue = &one;
      if (one.method == "langevin" && !direct) direct = &one;
      if (!best || rank(one.method) < rank(best->method)) best = &one;
    }
    if (!best) continue;
    const bool poor = best->method == "mean_first_passage" && !(relative_error(*best) <= wanted);
    if (poor && eigenvalue && relative_error(*eigenvalue) < relative_error(*best)) best = eigenvalue;
    if (best->method == "splitting" && direct && relative_error(*direct) < relative_error(*best)) best = direct;
    best->recommended = true;
  }
}

}  // namespace valleyflux
