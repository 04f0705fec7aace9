#pragma once

#include "grids/point.hpp"
#include "problems/expressions/expression_graph.hpp"
#include "problems/expressions/field_samples.hpp"
#include "problems/landscapes/landscape_domain.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <optional>

namespace valleyflux {

struct DataTerms;

/// A loss or energy landscape L(x), x in R^d, that may change with time, L(x, t); energies in the unit of the case
/// (that of D).
class Landscape {
 public:
  virtual ~Landscape() = default;
  virtual int dimension() const = 0;
  /// Fills `samples` with the derivatives in x 0..order (order 0 to 3) at the columns of `points` (d x n) and a time,
  /// in the unit of the case. Values may be infinite or NaN where the function is; callers check. Safe to call from
  /// several threads at once.
  virtual void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
                      double time = 0.0) const = 0;
  /// Whether L is another one at another time.
  virtual bool depends_on_time() const { return false; }
  virtual std::optional<LandscapeDomain> domain() const { return std::nullopt; }
  /// The same landscape with its data moved by normal numbers times their standard errors, drawn from point to point
  /// without correlation, itself without errors; null where no errors are known.
  virtual std::shared_ptr<const Landscape> redrawn(std::uint64_t /*seed*/) const { return nullptr; }
  /// The same landscape clipped twice as far above its lowest value, where it is one that is clipped at all
  /// (ClippedLandscape); null for others.
  virtual std::shared_ptr<const Landscape> clipped_higher() const { return nullptr; }
  /// L as a node of a graph of dimension() variables, where it has such a form: particles are then moved much faster.
  /// The graph knows no time: it is not asked for where L depends on it.
  virtual std::optional<GraphNode> append_to(ExpressionGraph&) const { return std::nullopt; }
  /// The terms of a landscape that is an average over data; null for others. They know no time either.
  virtual std::shared_ptr<const DataTerms> terms() const { return nullptr; }
};

}  // namespace valleyflux
