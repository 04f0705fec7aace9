#include "problems/dynamics/two_temperature.hpp"

#include "problems/dynamics/diffusion_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace valleyflux {

namespace {

class TwoTemperatureDiffusion : public DiffusionModel {
 public:
  TwoTemperatureDiffusion(std::shared_ptr<const Landscape> landscape, const TwoTemperatureOptions& options)
      : landscape_(std::move(landscape)), options_(options) {}

  int dimension() const override { return landscape_->dimension(); }

  bool depends_on_time() const override { return landscape_->depends_on_time(); }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient, DiffusionSamples& samples,
              double time) const override {
    const Eigen::Index d = dimension(), n = points.cols();
    FieldSamples field;
    landscape_->sample(points, with_gradient ? 1 : 0, field, time);
    samples.tensor.setZero(d * d, n);
    samples.gradient.setZero(with_gradient ? d * d * d : 0, with_gradient ? n : 0);
    const double half_step = 0.5 * (1.0 / options_.T_b - 1.0 / options_.T_a);
    for (Eigen::Index p = 0; p < n; ++p) {
      const double level = std::tanh((field.value[p] - options_.height) / options_.width);
      const double diffusion = 1.0 / (1.0 / options_.T_a + half_step * (1.0 + level));
      for (Eigen::Index i = 0; i < d; ++i) {
        samples.tensor(i + d * i, p) = diffusion;
        if (!with_gradient) continue;
        const double slope = -diffusion * diffusion * half_step * (1.0 - level * level) / options_.width;
        for (Eigen::Index k = 0; k < d; ++k) samples.gradient(i + d * i + d * d * k, p) = slope * field.gradient(k, p);
      }
    }
  }

  std::vector<GraphNode> append_to(ExpressionGraph& graph) const override {
    const auto landscape = landscape_->append_to(graph);
    if (!landscape) return {};
    const GraphNode level =
        graph.unary(Operation::tanh, graph.affine(*landscape, 1.0 / options_.width, -options_.height / options_.width));
    const double half_step = 0.5 * (1.0 / options_.T_b - 1.0 / options_.T_a);
    const GraphNode diffusion =
        graph.unary(Operation::divide, graph.affine(level, half_step, 1.0 / options_.T_a + half_step));
    const auto d = static_cast<std::size_t>(dimension());
    std::vector<GraphNode> entries(d * d, graph.constant(0.0));
    for (std::size_t i = 0; i < d; ++i) entries[i + d * i] = diffusion;
    return entries;
  }

 private:
  std::shared_ptr<const Landscape> landscape_;
  TwoTemperatureOptions options_;
};

}  // namespace

std::shared_ptr<const DiffusionModel> two_temperature_diffusion(std::shared_ptr<const Landscape> landscape,
                                                                const TwoTemperatureOptions& options) {
  if (!landscape) throw std::invalid_argument("two temperatures need a landscape: they follow its height");
  const auto require_positive = [](double value, const char* name) {
    if (!(value > 0) || !std::isfinite(value))
      throw std::invalid_argument(fmt::format("{} must be positive (got {})", name, value));
  };
  require_positive(options.T_a, "T_a");
  require_positive(options.T_b, "T_b");
  require_positive(options.width, "width");
  if (!std::isfinite(options.height))
    throw std::invalid_argument(fmt::format("height must be finite (got {})", options.height));
  return std::make_shared<TwoTemperatureDiffusion>(std::move(landscape), options);
}

}  // namespace valleyflux
