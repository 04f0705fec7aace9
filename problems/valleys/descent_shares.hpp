#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace valleyflux {

/// What share of the descent from a cell leads to which valley; the two largest.
struct Descent {
  std::array<int, 2> valley{-1, -1};
  double first = 1.0;  // the share of valley[0]; the rest is that of valley[1]
};

/// Shares of a cell from those of the cells that it descends to.
class Shares {
 public:
  void add(const Descent& descent, double weight) {
    add(descent.valley[0], weight * descent.first);
    if (descent.first < 1.0) add(descent.valley[1], weight * (1.0 - descent.first));
  }
  bool empty() const { return shares_.empty(); }
  Descent descent() {
    std::sort(shares_.begin(), shares_.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    Descent result;
    result.valley[0] = shares_[0].first;
    if (shares_.size() > 1) {
      result.valley[1] = shares_[1].first;
      result.first = shares_[0].second / (shares_[0].second + shares_[1].second);
    }
    return result;
  }
  void clear() { shares_.clear(); }

 private:
  void add(int valley, double weight) {
    const auto known = std::find_if(shares_.begin(), shares_.end(), [&](const auto& s) { return s.first == valley; });
    if (known != shares_.end())
      known->second += weight;
    else
      shares_.emplace_back(valley, weight);
  }
  std::vector<std::pair<int, double>> shares_;
};

}  // namespace valleyflux
