#pragma once

#include "grids/grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace valleyflux {

/// Finds which of many boxes a point may lie in: items are kept with the buckets (a uniform division of the domain) that
/// their boxes touch. Periodic axes wrap; beyond walls the outermost buckets count.
template <int Dim>
class Buckets {
 public:
  explicit Buckets(const Grid<Dim>& grid) : grid_(grid) {
    std::size_t total = 1;
    for (int k = 0; k < Dim; ++k) total *= static_cast<std::size_t>(count);
    items_.resize(total);
  }

  /// Adds an item whose box reaches `reach` (an axis each) from `centre`.
  void insert(int item, const Point<Dim>& centre, const Point<Dim>& reach) {
    Offset<Dim> low, high;
    for (int k = 0; k < Dim; ++k) {
      low[k] = bucket(k, centre[k] - reach[k]);
      high[k] = bucket(k, centre[k] + reach[k]);
      if (high[k] - low[k] >= count) {
        low[k] = 0;
        high[k] = count - 1;
      }
    }
    Offset<Dim> at = low;
    for (int k = 0; k < Dim;) {
      items_[index(at)].push_back(item);
      for (k = 0; k < Dim && at[k] == high[k]; ++k) at[k] = low[k];
      if (k < Dim) ++at[k];
    }
  }

  /// All items whose boxes contain x, and some others near by, in the order of insertion.
  const std::vector<int>& near(const Point<Dim>& x) const {
    Offset<Dim> at;
    for (int k = 0; k < Dim; ++k) at[k] = bucket(k, x[k]);
    return items_[index(at)];
  }

 private:
  static constexpr int count = Dim == 1 ? 4096 : 128;

  int bucket(int k, double x) const {
    const Axis& axis = grid_.axis(k);
    const double at = std::floor((x - axis.min()) / (axis.max() - axis.min()) * count);
    return axis.periodic() ? static_cast<int>(std::clamp(at, -2.0 * count, 3.0 * count))
                           : static_cast<int>(std::clamp(at, 0.0, count - 1.0));
  }
  std::size_t index(const Offset<Dim>& at) const {
    int result = 0;
    for (int k = Dim - 1; k >= 0; --k) result = result * count + ((at[k] % count) + count) % count;
    return static_cast<std::size_t>(result);
  }

  Grid<Dim> grid_;
  std::vector<std::vector<int>> items_;
};

}  // namespace valleyflux
