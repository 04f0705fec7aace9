#include "problems/tables/table_noise.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace valleyflux {

namespace {

constexpr int low_order = 3, high_order = 5;
constexpr std::size_t fewest_windows = 30;
constexpr Index fewest_points = 40;  // of an axis: on fewer, wells are as narrow as ripples

/// sigma from the median size of the differences of this order along an axis; zero where there are too few.
double scatter_along(const TabulatedValues& table, std::size_t axis, int order) {
  Index step = 1;
  for (std::size_t k = 0; k < axis; ++k) step *= table.axes[k].points;
  const Index points = table.axes[axis].points;
  if (points < fewest_points) return 0.0;
  std::vector<double> coefficients{1.0};
  for (int k = 0; k < order; ++k)
    coefficients.push_back(-coefficients.back() * static_cast<double>(order - k) / static_cast<double>(k + 1));
  std::vector<double> differences;
  differences.reserve(static_cast<std::size_t>(table.values.size()));
  for (Index p = 0; p < table.values.size(); ++p) {
    if (p / step % points + order >= points) continue;
    double difference = 0.0;
    for (int k = 0; k <= order; ++k)
      difference += coefficients[static_cast<std::size_t>(k)] * table.values[p + k * step];
    if (std::isfinite(difference)) differences.push_back(std::abs(difference));
  }
  if (differences.size() < fewest_windows) return 0.0;
  const auto middle = differences.begin() + static_cast<std::ptrdiff_t>(differences.size() / 2);
  std::nth_element(differences.begin(), middle, differences.end());
  constexpr double median_of_normal = 0.6744897501960817;
  double variance = 1.0;  // 2 order choose order
  for (int k = 1; k <= order; ++k) variance *= static_cast<double>(order + k) / static_cast<double>(k);
  return *middle / median_of_normal / std::sqrt(variance);
}

}  // namespace

std::optional<double> scatter_of(const TabulatedValues& table) {
  constexpr double alike = 0.75;
  double scatter = 0.0;
  for (std::size_t axis = 0; axis < table.axes.size(); ++axis) {
    const double low = scatter_along(table, axis, low_order), high = scatter_along(table, axis, high_order);
    if (!(high > alike * low)) return std::nullopt;
    scatter = std::max(scatter, low);
  }
  if (!(scatter > 0)) return std::nullopt;
  return scatter;
}

}  // namespace valleyflux
