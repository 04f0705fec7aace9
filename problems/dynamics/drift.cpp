#include "problems/dynamics/drift.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace valleyflux {

Drift::Drift(std::shared_ptr<const Landscape> landscape) : landscape_(std::move(landscape)) {
  if (!landscape_) throw std::invalid_argument("a drift needs a landscape");
}

Drift::Drift(std::vector<Expression> components) : components_(std::move(components)) {
  if (components_.empty()) throw std::invalid_argument("a drift needs at least one component");
  for (const Expression& component : components_) {
    if (component.dimension() != dimension())
      throw std::invalid_argument(fmt::format("a drift of {} components got an expression of {} variables", dimension(),
                                              component.dimension()));
    if (component.is_predicate())
      throw std::invalid_argument(fmt::format("a drift component must be a number: \"{}\"", component.text()));
  }
}

int Drift::dimension() const {
  return landscape_ ? landscape_->dimension() : static_cast<int>(components_.size());
}

void Drift::sample(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::MatrixXd& value,
                   Eigen::MatrixXd* jacobian) const {
  const int order = jacobian ? 2 : 1;
  FieldSamples samples;
  if (landscape_) {
    landscape_->sample(points, order, samples);
    value = -samples.gradient;
    if (jacobian) *jacobian = -samples.hessian;
    return;
  }
  const Index d = dimension(), n = points.cols();
  value.resize(d, n);
  if (jacobian) jacobian->resize(d * d, n);
  for (Index i = 0; i < d; ++i) {
    components_[static_cast<std::size_t>(i)].sample(points, order - 1, samples);
    value.row(i) = samples.value.transpose();
    if (jacobian)
      for (Index j = 0; j < d; ++j) jacobian->row(i + d * j) = samples.gradient.row(j);
  }
}

}  // namespace valleyflux
