#pragma once

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <memory>
#include <vector>

namespace valleyflux {

/// Deterministic force F(x) of dx = F dt + noise: minus the gradient of a landscape, or given by expressions, one
/// per component (a drift that need be no gradient). A value type; copies share the landscape.
class Drift {
 public:
  /// F = -grad L.
  explicit Drift(std::shared_ptr<const Landscape> landscape);
  /// F_i = components[i](x). Throws std::invalid_argument unless every expression has components.size() variables.
  explicit Drift(std::vector<Expression> components);

  int dimension() const;
  /// The landscape, or null for a drift given by expressions.
  const std::shared_ptr<const Landscape>& landscape() const { return landscape_; }
  /// The expressions; empty for a drift from a landscape.
  const std::vector<Expression>& components() const { return components_; }
  /// value: d x n, (i, p) = F_i; jacobian (if not null): d^2 x n, (i + d j, p) = dF_i/dx_j. Thread-safe.
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::MatrixXd& value,
              Eigen::MatrixXd* jacobian = nullptr) const;

 private:
  std::shared_ptr<const Landscape> landscape_;
  std::vector<Expression> components_;
};

}  // namespace valleyflux
