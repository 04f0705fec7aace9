#include "solver/statistics/renumbered_valleys.hpp"

#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

double distance_of(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return std::sqrt(sum);
}

const ValleyResult* nearest_of(const std::vector<ValleyResult>& valleys, const ValleyResult& valley) {
  const ValleyResult* nearest = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const ValleyResult& other : valleys) {
    const double distance = distance_of(valley.minimum, other.minimum);
    if (!(distance < least)) continue;
    least = distance;
    nearest = &other;
  }
  return nearest;
}

}  // namespace

std::vector<RenumberedValley> renumbered_valleys(const std::vector<ValleyResult>& before,
                                                 const std::vector<ValleyResult>& now) {
  std::vector<RenumberedValley> renumbered;
  for (const ValleyResult& valley : now) {
    const ValleyResult* there = nearest_of(before, valley);
    if (there && there->name != valley.name && nearest_of(now, *there) == &valley)
      renumbered.push_back({valley.name, there->name, valley.minimum});
  }
  return renumbered;
}

}  // namespace valleyflux
