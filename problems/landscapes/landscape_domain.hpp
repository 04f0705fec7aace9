#pragma once

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace valleyflux {

/// Where a landscape is defined when that is not everywhere (a tabulated one ends where its data end).
struct LandscapeDomain {
  struct Side {
    double min, max;
    bool periodic;
  };
  std::vector<Side> axes;  // d
  /// Whether there are data around a point of that box; empty: everywhere.
  std::function<bool(const Eigen::Ref<const Eigen::VectorXd>&)> holds = {};
};

}  // namespace valleyflux
