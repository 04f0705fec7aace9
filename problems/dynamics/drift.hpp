#pragma once

#include "problems/dynamics/vector_field.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <vector>

namespace valleyflux {

class DiffusionModel;

/// What turns forces into velocities: M(x) = D(x) / kT (fluctuation and dissipation), kT in the unit of the landscape.
struct Mobility {
  std::shared_ptr<const DiffusionModel> diffusion;
  double kT;
};

/// Deterministic part F(x) of dx = F dt + noise: minus the gradient of a landscape, the same times a mobility, or a
/// vector field that need be no gradient. A value type; copies share what they are made of.
class Drift {
 public:
  /// F = -grad L.
  explicit Drift(std::shared_ptr<const Landscape> landscape);
  /// F = -M grad L. Throws std::invalid_argument unless kT > 0 and both are of the same dimension.
  Drift(std::shared_ptr<const Landscape> landscape, Mobility mobility);
  explicit Drift(std::shared_ptr<const VectorField> field);
  /// F_i = components[i](x). Throws std::invalid_argument unless every expression has components.size() variables.
  explicit Drift(std::vector<Expression> components);

  int dimension() const;
  /// L where F = -grad L, else null.
  const std::shared_ptr<const Landscape>& landscape() const { return landscape_; }
  /// L where F = -grad L or -M grad L, else null.
  const std::shared_ptr<const Landscape>& potential() const { return potential_; }
  /// Of F = -M grad L alone.
  const std::optional<Mobility>& mobility() const { return mobility_; }
  /// The vector field; null for a drift from a landscape.
  const std::shared_ptr<const VectorField>& field() const { return field_; }
  /// value: d x n, (i, p) = F_i; jacobian (if not null): d^2 x n, (i + d j, p) = dF_i/dx_j; at a time, in the unit of
  /// the case. Thread-safe.
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::MatrixXd& value,
              Eigen::MatrixXd* jacobian = nullptr, double time = 0.0) const;
  /// Whether F is another one at another time.
  bool depends_on_time() const;
  /// F_i as nodes of a graph of dimension() variables; empty where it has no such form; not asked for where F depends
  /// on time.
  std::vector<GraphNode> append_to(ExpressionGraph& graph) const;

 private:
  std::shared_ptr<const Landscape> landscape_, potential_;
  std::optional<Mobility> mobility_;
  std::shared_ptr<const VectorField> field_;
};

}  // namespace valleyflux
