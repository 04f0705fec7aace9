#include "problems/dynamics/gradient_noise.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/landscapes/data_landscape.hpp"

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// Less the mean of each row.
Eigen::MatrixXd centred(const Eigen::MatrixXd& rows) {
  return rows.colwise() - rows.rowwise().mean();
}

class GradientNoise final : public DiffusionModel {
 public:
  GradientNoise(std::shared_ptr<const DataTerms> terms, int dimension, const SgdDiffusionOptions& options)
      : terms_(std::move(terms)), dimension_(dimension), options_(options) {}

  int dimension() const override { return dimension_; }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient, DiffusionSamples& samples,
              double /*time*/) const override {
    const Index d = dimension_, all = terms_->term.dimension(), n = points.cols(), count = terms_->rows.cols();
    const double weight = options_.eta / (2.0 * options_.batch_size * static_cast<double>(count));
    samples.tensor.resize(d * d, n);
    samples.gradient.resize(with_gradient ? d * d * d : 0, with_gradient ? n : 0);
    Eigen::MatrixXd arguments(all, count);
    arguments.bottomRows(all - d) = terms_->rows;
    FieldSamples each;
    for (Index p = 0; p < n; ++p) {
      arguments.topRows(d).colwise() = points.col(p);
      terms_->term.sample(arguments, with_gradient ? 2 : 1, each, dimension_);
      const Eigen::MatrixXd slopes = centred(each.gradient);
      samples.tensor.col(p).reshaped(d, d) =
          weight * slopes * slopes.transpose() + options_.injected * Eigen::MatrixXd::Identity(d, d);
      for (Index k = 0; with_gradient && k < d; ++k) {
        const Eigen::MatrixXd half = weight * centred(each.hessian.middleRows(k * d, d)) * slopes.transpose();
        samples.gradient.col(p).segment(k * d * d, d * d).reshaped(d, d) = half + half.transpose();
      }
    }
  }

 private:
  std::shared_ptr<const DataTerms> terms_;
  int dimension_;
  SgdDiffusionOptions options_;
};

}  // namespace

std::shared_ptr<const DiffusionModel> gradient_noise_diffusion(const std::shared_ptr<const Landscape>& landscape,
                                                               const SgdDiffusionOptions& options) {
  auto terms = landscape ? landscape->terms() : nullptr;
  if (!terms) throw std::invalid_argument("gradient noise needs a landscape that is an average over data");
  if (landscape->depends_on_time())
    throw std::invalid_argument("gradient noise needs a landscape that is the same at all times");
  require_sgd_options(options);
  return std::make_shared<GradientNoise>(std::move(terms), landscape->dimension(), options);
}

}  // namespace valleyflux
