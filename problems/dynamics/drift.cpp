#include "problems/dynamics/drift.hpp"

#include "problems/dynamics/diffusion_model.hpp"

#include <fmt/format.h>

#include <cmath>
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

  std::shared_ptr<const VectorField> redrawn(std::uint64_t seed) const override {
    std::vector<Expression> components = components_;
    bool any = false;
    for (Expression& component : components)
      if (auto drawn = component.redrawn(seed)) {
        component = std::move(*drawn);
        any = true;
      }
    return any ? std::make_shared<ExpressionField>(std::move(components)) : nullptr;
  }

 private:
  std::vector<Expression> components_;
};

/// F = -M grad L and, unless null, its Jacobian, from the derivatives of L.
void mobile(const Mobility& mobility, const Eigen::Ref<const Eigen::MatrixXd>& points, const FieldSamples& field,
            Eigen::MatrixXd& value, Eigen::MatrixXd* jacobian, double time) {
  const Index d = points.rows(), n = points.cols();
  DiffusionSamples diffusion;
  mobility.diffusion->sample(points, jacobian != nullptr, diffusion, time);
  value.resize(d, n);
  if (jacobian) jacobian->resize(d * d, n);
  for (Index p = 0; p < n; ++p) {
    const auto tensor = diffusion.tensor.col(p).reshaped(d, d);
    const auto slope = field.gradient.col(p);
    value.col(p) = -(tensor * slope) / mobility.kT;
    if (!jacobian) continue;
    auto change = jacobian->col(p).reshaped(d, d);
    change = -(tensor * field.hessian.col(p).reshaped(d, d)) / mobility.kT;
    for (Index k = 0; k < d; ++k)
      change.col(k) -= diffusion.gradient.col(p).segment(k * d * d, d * d).reshaped(d, d) * slope / mobility.kT;
  }
}

}  // namespace

Drift::Drift(std::shared_ptr<const Landscape> landscape) : landscape_(std::move(landscape)), potential_(landscape_) {
  if (!landscape_) throw std::invalid_argument("a drift needs a landscape");
}

Drift::Drift(std::shared_ptr<const Landscape> landscape, Mobility mobility)
    : potential_(std::move(landscape)), mobility_(std::move(mobility)) {
  if (!potential_ || !mobility_->diffusion) throw std::invalid_argument("a mobility needs a landscape and D");
  if (!(mobility_->kT > 0) || !std::isfinite(mobility_->kT))
    throw std::invalid_argument(fmt::format("kT must be positive (got {})", mobility_->kT));
  if (potential_->dimension() != mobility_->diffusion->dimension())
    throw std::invalid_argument(fmt::format("the landscape has {} dimension(s), D has {}", potential_->dimension(),
                                            mobility_->diffusion->dimension()));
}

Drift::Drift(std::shared_ptr<const VectorField> field) : field_(std::move(field)) {
  if (!field_) throw std::invalid_argument("a drift needs a vector field");
}

Drift::Drift(std::vector<Expression> components) : field_(std::make_shared<ExpressionField>(std::move(components))) {}

int Drift::dimension() const {
  return potential_ ? potential_->dimension() : field_->dimension();
}

bool Drift::depends_on_time() const {
  if (!potential_) return field_->depends_on_time();
  return potential_->depends_on_time() || (mobility_ && mobility_->diffusion->depends_on_time());
}

void Drift::sample(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::MatrixXd& value, Eigen::MatrixXd* jacobian,
                   double time) const {
  if (potential_) {
    FieldSamples samples;
    potential_->sample(points, jacobian ? 2 : 1, samples, time);
    if (mobility_) {
      mobile(*mobility_, points, samples, value, jacobian, time);
      return;
    }
    value = -samples.gradient;
    if (jacobian) *jacobian = -samples.hessian;
    return;
  }
  VectorSamples samples;
  field_->sample(points, jacobian ? 1 : 0, samples, time);
  value = std::move(samples.value);
  if (jacobian) *jacobian = std::move(samples.jacobian);
}

std::vector<GraphNode> Drift::append_to(ExpressionGraph& graph) const {
  if (!potential_) return field_->append_to(graph);
  const auto value = potential_->append_to(graph);
  if (!value) return {};
  const std::vector<GraphNode> slope = graph.gradient(*value);
  std::vector<GraphNode> force;
  if (!mobility_) {
    for (const GraphNode along : slope) force.push_back(graph.affine(along, -1.0, 0.0));
    return force;
  }
  const std::vector<GraphNode> tensor = mobility_->diffusion->append_to(graph);
  const std::size_t d = slope.size();
  if (tensor.empty()) return {};
  for (std::size_t i = 0; i < d; ++i) {
    GraphNode sum = graph.constant(0.0);
    for (std::size_t j = 0; j < d; ++j)
      sum = graph.binary(Operation::add, sum, graph.binary(Operation::multiply, tensor[i + d * j], slope[j]));
    force.push_back(graph.affine(sum, -1.0 / mobility_->kT, 0.0));
  }
  return force;
}

}  // namespace valleyflux
