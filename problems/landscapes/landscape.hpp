#pragma once

#include "grids/point.hpp"
#include "problems/landscapes/block_force.hpp"
#include "problems/landscapes/expression_graph.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <vector>

namespace valleyflux {

/// Values and exact derivatives of a scalar function L at n points in d dimensions. Derivatives above the order
/// asked for keep size zero. All derivatives are exact up to round-off (no finite differences).
struct FieldSamples {
  Eigen::VectorXd value;     // n
  Eigen::MatrixXd gradient;  // d x n:   (i, p) = dL/dx_i
  Eigen::MatrixXd hessian;   // d^2 x n: (i + d j, p) = d2L/dx_i dx_j
  Eigen::MatrixXd third;     // d^3 x n: (i + d j + d^2 k, p) = d3L/dx_i dx_j dx_k
};

/// Where a landscape is defined when that is not everywhere (a tabulated one ends where its data end).
struct LandscapeDomain {
  struct Side {
    double min, max;
    bool periodic;
  };
  std::vector<Side> axes;  // d
};

struct DataTerms;

/// A loss or energy landscape L(x), x in R^d; energies in the unit of the case (that of D).
class Landscape {
 public:
  virtual ~Landscape() = default;
  virtual int dimension() const = 0;
  /// Fills `samples` with the derivatives 0..order (order 0 to 3) at the columns of `points` (d x n). Values may be
  /// infinite or NaN where the function is; callers check. Safe to call from several threads at once.
  virtual void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples) const = 0;
  virtual std::optional<LandscapeDomain> domain() const { return std::nullopt; }
  /// L as a node of a graph of dimension() variables, where it has such a form: particles are then moved much faster.
  virtual std::optional<GraphNode> append_to(ExpressionGraph&) const { return std::nullopt; }
  /// A hand-made loop for the force, faster still; null where there is none.
  virtual BlockForce block_force() const { return nullptr; }
  /// The terms of a landscape that is an average over data; null for others.
  virtual std::shared_ptr<const DataTerms> terms() const { return nullptr; }
};

}  // namespace valleyflux
