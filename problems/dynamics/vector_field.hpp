#pragma once

#include "problems/expressions/expression_graph.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Values and exact derivatives of a vector field F at n points in d dimensions. Derivatives above the order asked for
/// keep size zero.
struct VectorSamples {
  Eigen::MatrixXd value;     // d x n:   (i, p) = F_i
  Eigen::MatrixXd jacobian;  // d^2 x n: (i + d j, p) = dF_i/dx_j
  Eigen::MatrixXd second;    // d^3 x n: (i + d j + d^2 k, p) = d2F_i/dx_j dx_k
};

/// A vector field F(x), x in R^d, that need be no gradient and may change with time, F(x, t).
class VectorField {
 public:
  virtual ~VectorField() = default;
  virtual int dimension() const = 0;
  /// Fills `samples` with the derivatives in x 0..order (order 0 to 2) at the columns of `points` (d x n) and a time,
  /// in the unit of the case. Values may be infinite or NaN; callers check. Safe to call from several threads at once.
  virtual void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, VectorSamples& samples,
                      double time = 0.0) const = 0;
  /// Whether F is another one at another time.
  virtual bool depends_on_time() const { return false; }
  /// The components as nodes of a graph of dimension() variables, where they have such a form: particles are then moved
  /// much faster. Empty where they have none; not asked for where F depends on time.
  virtual std::vector<GraphNode> append_to(ExpressionGraph&) const { return {}; }
  /// The same with its data redrawn, as Landscape::redrawn says; null where there is nothing to redraw.
  virtual std::shared_ptr<const VectorField> redrawn(std::uint64_t /*seed*/) const { return nullptr; }
};

}  // namespace valleyflux
