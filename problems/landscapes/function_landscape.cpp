#include "problems/landscapes/function_landscape.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

class FormulaLandscape final : public Landscape {
 public:
  explicit FormulaLandscape(GraphFunctions formula) : formula_(std::move(formula)) {}

  int dimension() const override { return formula_.dimension(); }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples) const override {
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

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples) const override {
    const Eigen::Index d = dimension_, n = points.cols();
    if (points.rows() != d)
      throw std::invalid_argument(
          fmt::format("a landscape of {} variables got points of {} coordinates", d, points.rows()));
    if (order > 2 && !functions_.third)
      throw std::invalid_argument("third derivatives of the landscape are needed here, and are not given");
    samples.value.resize(n);
    samples.gradient.resize(order > 0 ? d : 0, order > 0 ? n : 0);
    samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
    samples.third.resize(order > 2 ? d * d * d : 0, order > 2 ? n : 0);
    for (Eigen::Index p = 0; p < n; ++p) {
      const Eigen::VectorXd x = points.col(p);
      samples.value[p] = functions_.value(x);
      if (order > 0) samples.gradient.col(p) = shaped(functions_.gradient(x), 1, "gradient");
      if (order > 1) samples.hessian.col(p) = shaped(functions_.hessian(x), d, "Hessian").reshaped();
      if (order > 2) samples.third.col(p) = shaped(functions_.third(x), d * d, "third derivatives").reshaped();
    }
  }

 private:
  /// d x columns, or nothing.
  Eigen::MatrixXd shaped(Eigen::MatrixXd matrix, Eigen::Index columns, const char* what) const {
    if (matrix.rows() == dimension_ && matrix.cols() == columns) return matrix;
    throw std::invalid_argument(fmt::format("the {} of a landscape must be {} x {} (got {} x {})", what, dimension_,
                                            columns, matrix.rows(), matrix.cols()));
  }

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
