#pragma once

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <memory>
#include <vector>

namespace valleyflux {

/// Diffusion tensors at n points in d dimensions.
struct DiffusionSamples {
  Eigen::MatrixXd tensor;    // d^2 x n: (i + d j, p) = D_ij, symmetric, positive semidefinite
  Eigen::MatrixXd gradient;  // d^3 x n: (i + d j + d^2 k, p) = dD_ij/dx_k; size zero unless asked for
};

/// Position-dependent diffusion D(x), that may change with time, D(x, t): the noise is [2 D]^(1/2) dW. D has the unit
/// of energy (x^2 per time with unit mobility).
class DiffusionModel {
 public:
  virtual ~DiffusionModel() = default;
  virtual int dimension() const = 0;
  /// Fills `samples` at the columns of `points` (d x n) and a time, in the unit of the case; exact derivatives in x.
  /// Safe to call from several threads.
  virtual void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient, DiffusionSamples& samples,
                      double time = 0.0) const = 0;
  /// Whether D is another one at another time.
  virtual bool depends_on_time() const { return false; }
  /// Whether D is, at any one time, the same everywhere (its gradient vanishes).
  virtual bool constant() const { return false; }
  /// The entries D_ij (d x d, columns first) as nodes of a graph of dimension() variables; nothing where D has no such
  /// form; not asked for where drift or D depend on time.
  virtual std::vector<GraphNode> append_to(ExpressionGraph&) const { return {}; }
  /// The same with its data redrawn, as Landscape::redrawn says; null where there is nothing to redraw.
  virtual std::shared_ptr<const DiffusionModel> redrawn(std::uint64_t /*seed*/) const { return nullptr; }
};

/// D = const.: a symmetric positive semidefinite d x d tensor. Throws std::invalid_argument otherwise.
std::shared_ptr<const DiffusionModel> constant_diffusion(const Eigen::MatrixXd& tensor);

/// D_ij = entries[i][j](x), or a scalar times the identity when there is one entry alone. Throws
/// std::invalid_argument for another shape or for differing entries (i, j) and (j, i).
std::shared_ptr<const DiffusionModel> expression_diffusion(int dimension, std::vector<std::vector<Expression>> entries);

}  // namespace valleyflux
