#include "problems/landscapes/expression_landscape.hpp"

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

class ExpressionLandscape final : public Landscape {
 public:
  explicit ExpressionLandscape(Expression expression) : expression_(std::move(expression)) {}
  int dimension() const override { return expression_.dimension(); }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    expression_.sample(points, order, samples);
  }
  std::optional<GraphNode> append_to(ExpressionGraph& graph) const override { return expression_.append_to(graph); }

 private:
  Expression expression_;
};

}  // namespace

std::shared_ptr<const Landscape> expression_landscape(Expression expression) {
  if (expression.is_predicate())
    throw std::invalid_argument("a landscape needs a number, this expression is a condition");
  return std::make_shared<ExpressionLandscape>(std::move(expression));
}

}  // namespace valleyflux
