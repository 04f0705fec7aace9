#include "problems/landscapes/function_landscape.hpp"

#include "problems/expressions/given_shape.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

class FormulaLandscape final : public Landscape {
 public:
  explicit FormulaLandscape(GraphFunctions formula) : formula_(std::move(formula)) {}

  int dimension() const override { return formula_.dimension(); }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    std::vector<Eigen::MatrixXd> derivatives = formula_.sample(points, order);
    derivatives.resize(4);
    samples.value = derivatives[0].row(0).transpose();
    samples.gradient = std::move(derivatives[1]);
    samples.hessian = std::move(derivatives[2]);
    samples.third = std::move(derivatives[3]);
  }

  std::optional<GraphNode> append_to(ExpressionGraph& graph) const override { return formula_.append_to(graph)[0]; }

 private:
  GraphFunctions formula_;
};

class FunctionLandscape final : public Landscape {
 public:
  FunctionLandscape(int dimension, LandscapeFunctions functions)
      : dimension_(dimension), functions_(std::move(functions)) {}

  int dimension() const override { return dimension_; }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    const Eigen::Index d = dimension_, n = points.cols();
    require_coordinates(points, d, "a landscape");
    if (order > 2 && !functions_.third)
      throw std::invalid_argument("third derivatives of the landscape are needed here, and are not given");
    samples.value.resize(n);
    samples.gradient.resize(order > 0 ? d : 0, order > 0 ? n : 0);
    samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
    samples.third.resize(order > 2 ? d * d * d : 0, order > 2 ? n : 0);
    for (Eigen::Index p = 0; p < n; ++p) {
      const Eigen::VectorXd x = points.col(p);
      samples.value[p] = functions_.value(x);
      if (order > 0) samples.gradient.col(p) = given_shape(functions_.gradient(x), d, 1, "the gradient of a landscape");
      if (order > 1)
        samples.hessian.col(p) = given_shape(functions_.hessian(x), d, d, "the Hessian of a landscape").reshaped();
      if (order > 2)
        samples.third.col(p) =
            given_shape(functions_.third(x), d, d * d, "the third derivatives of a landscape").reshaped();
    }
  }

 private:
  int dimension_;
  LandscapeFunctions functions_;
};

}  // namespace

std::shared_ptr<const Landscape> formula_landscape(GraphFunctions formula) {
  if (formula.size() != 1)
    throw std::invalid_argument(fmt::format("a landscape is one number (got {} components)", formula.size()));
  return std::make_shared<FormulaLandscape>(std::move(formula));
}

std::shared_ptr<const Landscape> landscape(int dimension, LandscapeFunctions functions) {
  if (dimension < 1) throw std::invalid_argument(fmt::format("a landscape of {} dimensions", dimension));
  if (!functions.value || !functions.gradient || !functions.hessian)
    throw std::invalid_argument("a landscape by functions needs its value, gradient and Hessian");
  return std::make_shared<FunctionLandscape>(dimension, std::move(functions));
}

}  // namespace valleyflux
