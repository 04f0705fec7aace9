#include "problems/dynamics/function_drift.hpp"

#include "problems/expressions/given_shape.hpp"

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

class FormulaField final : public VectorField {
 public:
  explicit FormulaField(GraphFunctions formulas) : formulas_(std::move(formulas)) {}

  int dimension() const override { return formulas_.dimension(); }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, VectorSamples& samples,
              double /*time*/) const override {
    std::vector<Eigen::MatrixXd> derivatives = formulas_.sample(points, order);
    derivatives.resize(3);
    samples.value = std::move(derivatives[0]);
    samples.jacobian = std::move(derivatives[1]);
    samples.second = std::move(derivatives[2]);
  }

  std::vector<GraphNode> append_to(ExpressionGraph& graph) const override { return formulas_.append_to(graph); }

 private:
  GraphFunctions formulas_;
};

class FunctionField final : public VectorField {
 public:
  FunctionField(int dimension, DriftFunctions functions) : dimension_(dimension), functions_(std::move(functions)) {}

  int dimension() const override { return dimension_; }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, VectorSamples& samples,
              double /*time*/) const override {
    const Index d = dimension_, n = points.cols();
    require_coordinates(points, d, "a drift");
    if (order > 1 && !functions_.second)
      throw std::invalid_argument("second derivatives of the drift are needed here, and are not given");
    samples.value.resize(d, n);
    samples.jacobian.resize(order > 0 ? d * d : 0, order > 0 ? n : 0);
    samples.second.resize(order > 1 ? d * d * d : 0, order > 1 ? n : 0);
    for (Index p = 0; p < n; ++p) {
      const Eigen::VectorXd x = points.col(p);
      samples.value.col(p) = given_shape(functions_.value(x), d, 1, "the value of a drift");
      if (order > 0)
        samples.jacobian.col(p) = given_shape(functions_.jacobian(x), d, d, "the Jacobian of a drift").reshaped();
      if (order > 1)
        samples.second.col(p) =
            given_shape(functions_.second(x), d, d * d, "the second derivatives of a drift").reshaped();
    }
  }

 private:
  int dimension_;
  DriftFunctions functions_;
};

}  // namespace

Drift formula_drift(GraphFunctions formulas) {
  if (formulas.size() != formulas.dimension())
    throw std::invalid_argument(
        fmt::format("a drift of {} variables got {} components", formulas.dimension(), formulas.size()));
  return Drift(std::make_shared<const FormulaField>(std::move(formulas)));
}

Drift drift(int dimension, DriftFunctions functions) {
  if (dimension < 1) throw std::invalid_argument(fmt::format("a drift of {} dimensions", dimension));
  if (!functions.value || !functions.jacobian)
    throw std::invalid_argument("a drift by functions needs its value and Jacobian");
  return Drift(std::make_shared<const FunctionField>(dimension, std::move(functions)));
}

}  // namespace valleyflux
