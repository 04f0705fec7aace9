#include "problems/dynamics/sgd_diffusion.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/spectral_function.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

class SgdDiffusion final : public DiffusionModel {
 public:
  SgdDiffusion(std::shared_ptr<const Landscape> landscape, const SgdDiffusionOptions& options)
      : landscape_(std::move(landscape)), options_(options) {}
  int dimension() const override { return landscape_->dimension(); }
  bool depends_on_time() const override { return landscape_->depends_on_time(); }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient, DiffusionSamples& samples,
              double time) const override {
    const Index d = dimension(), n = points.cols();
    FieldSamples field;
    landscape_->sample(points, with_gradient ? 3 : 2, field, time);
    const double factor = options_.eta / (2.0 * options_.batch_size);
    samples.tensor.resize(d * d, n);
    samples.gradient.resize(with_gradient ? d * d * d : 0, with_gradient ? n : 0);
    if (d == 1) {
      samples.tensor = (factor * field.hessian.array().abs() + options_.injected).matrix();
      if (with_gradient) samples.gradient = (factor * field.hessian.array().sign() * field.third.array()).matrix();
      return;
    }
    for (Index p = 0; p < n; ++p) {
      if (!field.hessian.col(p).allFinite()) {  // eigenvectors of it do not exist; callers see that it is not finite
        samples.tensor.col(p).setConstant(std::nan(""));
        if (with_gradient) samples.gradient.col(p).setConstant(std::nan(""));
        continue;
      }
      const SpectralFunction noise = absolute_value(field.hessian.col(p).reshaped(d, d));
      samples.tensor.col(p).reshaped(d, d) =
          factor * noise.value() + options_.injected * Eigen::MatrixXd::Identity(d, d);
      if (!with_gradient) continue;
      for (Index k = 0; k < d; ++k)
        samples.gradient.col(p).segment(k * d * d, d * d).reshaped(d, d) =
            factor * noise.derivative(field.third.col(p).segment(k * d * d, d * d).reshaped(d, d));
    }
  }
  std::vector<GraphNode> append_to(ExpressionGraph& graph) const override {
    if (dimension() != 1) return {};
    const auto landscape = landscape_->append_to(graph);
    if (!landscape) return {};
    const GraphNode slope = graph.gradient(*landscape)[0], curvature = graph.gradient(slope)[0];
    return {graph.affine(graph.unary(Operation::abs, curvature), options_.eta / (2.0 * options_.batch_size),
                         options_.injected)};
  }

 private:
  std::shared_ptr<const Landscape> landscape_;
  SgdDiffusionOptions options_;
};

}  // namespace

void require_sgd_options(const SgdDiffusionOptions& options) {
  if (!(options.eta > 0) || !std::isfinite(options.eta))
    throw std::invalid_argument(fmt::format("eta must be positive (got {})", options.eta));
  if (!(options.batch_size > 0) || !std::isfinite(options.batch_size))
    throw std::invalid_argument(fmt::format("batch_size must be positive (got {})", options.batch_size));
  if (!(options.injected >= 0) || !std::isfinite(options.injected))
    throw std::invalid_argument(fmt::format("injected must not be negative (got {})", options.injected));
}

std::shared_ptr<const DiffusionModel> sgd_diffusion(std::shared_ptr<const Landscape> landscape,
                                                    const SgdDiffusionOptions& options) {
  if (!landscape) throw std::invalid_argument("SGD noise needs a landscape: it follows the Hessian");
  require_sgd_options(options);
  FieldSamples none;
  landscape->sample(Eigen::MatrixXd(landscape->dimension(), 0), 3, none);  // refuses where it has no third derivatives
  return std::make_shared<SgdDiffusion>(std::move(landscape), options);
}

}  // namespace valleyflux
