#include "problems/dynamics/drift.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

class ExpressionField final : public VectorField {
 public:
  explicit ExpressionField(std::vector<Expression> components) : components_(std::move(components)) {
    if (components_.empty()) throw std::invalid_argument("a drift needs at least one component");
    for (const Expression& component : components_) {
      if (component.dimension() != dimension())
        throw std::invalid_argument(fmt::format("a drift of {} components got an expression of {} variables",
                                                dimension(), component.dimension()));
      if (component.is_predicate())
        throw std::invalid_argument(fmt::format("a drift component must be a number: \"{}\"", component.text()));
    }
  }

  int dimension() const override { return static_cast<int>(components_.size()); }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, VectorSamples& samples,
              double /*time*/) const override {
    const Index d = dimension(), n = points.cols();
    samples.value.resize(d, n);
    samples.jacobian.resize(order > 0 ? d * d : 0, order > 0 ? n : 0);
    samples.second.resize(order > 1 ? d * d * d : 0, order > 1 ? n : 0);
    FieldSamples component;
    for (Index i = 0; i < d; ++i) {
      components_[static_cast<std::size_t>(i)].sample(points, order, component);
      samples.value.row(i) = component.value.transpose();
      for (Index j = 0; j < component.gradient.rows(); ++j) samples.jacobian.row(i + d * j) = component.gradient.row(j);
      for (Index jk = 0; jk < component.hessian.rows(); ++jk)
        samples.second.row(i + d * jk) = component.hessian.row(jk);
    }
  }

  std::vector<GraphNode> append_to(ExpressionGraph& graph) const override {
    std::vector<GraphNode> nodes;
    for (const Expression& component : components_) nodes.push_back(component.append_to(graph));
    return nodes;
  }

 private:
  std::vector<Expression> components_;
};

}  // namespace

Drift::Drift(std::shared_ptr<const Landscape> landscape) : landscape_(std::move(landscape)) {
  if (!landscape_) throw std::invalid_argument("a drift needs a landscape");
}

Drift::Drift(std::shared_ptr<const VectorField> field) : field_(std::move(field)) {
  if (!field_) throw std::invalid_argument("a drift needs a vector field");
}

Drift::Drift(std::vector<Expression> components) : field_(std::make_shared<ExpressionField>(std::move(components))) {}

int Drift::dimension() const {
  return landscape_ ? landscape_->dimension() : field_->dimension();
}

bool Drift::depends_on_time() const {
  return landscape_ ? landscape_->depends_on_time() : field_->depends_on_time();
}

void Drift::sample(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::MatrixXd& value, Eigen::MatrixXd* jacobian,
                   double time) const {
  if (landscape_) {
    FieldSamples samples;
    landscape_->sample(points, jacobian ? 2 : 1, samples, time);
    value = -samples.gradient;
    if (jacobian) *jacobian = -samples.hessian;
    return;
  }
  VectorSamples samples;
  field_->sample(points, jacobian ? 1 : 0, samples, time);
  value = std::move(samples.value);
  if (jacobian) *jacobian = std::move(samples.jacobian);
}

}  // namespace valleyflux
