#pragma once

#include "problems/dynamics/vector_field.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <memory>
#include <vector>

namespace valleyflux {

/// Deterministic force F(x) of dx = F dt + noise: minus the gradient of a landscape, or a vector field that need be no
/// gradient. A value type; copies share either.
class Drift {
 public:
  /// F = -grad L.
  explicit Drift(std::shared_ptr<const Landscape> landscape);
  explicit Drift(std::shared_ptr<const VectorField> field);
  /// F_i = components[i](x). Throws std::invalid_argument unless every expression has components.size() variables.
  explicit Drift(std::vector<Expression> components);

  int dimension() const;
  /// The landscape, or null for a drift that is given otherwise.
  const std::shared_ptr<const Landscape>& landscape() const { return landscape_; }
  /// The vector field; null for a drift from a landscape.
  const std::shared_ptr<const VectorField>& field() const { return field_; }
  /// value: d x n, (i, p) = F_i; jacobian (if not null): d^2 x n, (i + d j, p) = dF_i/dx_j; at a time, in the unit of
  /// the case. Thread-safe.
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::MatrixXd& value,
              Eigen::MatrixXd* jacobian = nullptr, double time = 0.0) const;
  /// Whether F is another one at another time.
  bool depends_on_time() const;

 private:
  std::shared_ptr<const Landscape> landscape_;
  std::shared_ptr<const VectorField> field_;
};

}  // namespace valleyflux
