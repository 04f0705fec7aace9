#include "solver/recommended_rate.hpp"

#include "problems/methods.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace valleyflux {

namespace {

/// Place among the methods to be quoted; smaller is better, names of no method come last.
int rank(const std::string& name) {
  const auto found =
      std::find_if(methods().begin(), methods().end(), [&](const Method& method) { return method.name == name; });
  return found == methods().end() ? std::numeric_limits<int>::max() : found->rank;
}

double relative_error(const Estimate& estimate) {
  if (!estimate.low || !estimate.high) return std::numeric_limits<double>::infinity();
  return *estimate.rate > 0 ? 0.5 * (*estimate.high - *estimate.low) / *estimate.rate : 0.0;
}

bool better(const Estimate& one, const Estimate& other) {
  const int a = rank(one.method), b = rank(other.method);
  return a < b || (a == b && relative_error(one) < relative_error(other));
}

}  // namespace

void recommend(std::vector<Estimate>& estimates, double wanted) {
  for (Estimate& one : estimates) one.recommended = false;
  for (std::size_t k = 0; k < estimates.size(); ++k) {
    const auto same = [&](const Estimate& other) {
      return other.from == estimates[k].from && other.to == estimates[k].to;
    };
    if (std::any_of(estimates.begin(), estimates.begin() + static_cast<std::ptrdiff_t>(k), same)) continue;
    Estimate *best = nullptr, *eigenvalue = nullptr;
    for (Estimate& one : estimates) {
      if (!same(one) || !one.rate) continue;
      if (one.method == "quasi_stationary" && !eigenvalue) eigenvalue = &one;
      if (!best || better(one, *best)) best = &one;
    }
    if (!best) continue;
    const bool poor = best->method == "mean_first_passage" && !(relative_error(*best) <= wanted);
    if (poor && eigenvalue && relative_error(*eigenvalue) < relative_error(*best)) best = eigenvalue;
    best->recommended = true;
  }
}

}  // namespace valleyflux
