#include "problems/dynamics/coefficients.hpp"

#include "problems/dynamics/spectral_function.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

std::string_view name_of(Interpretation interpretation) {
  switch (interpretation) {
    case Interpretation::ito: return "ito";
    case Interpretation::stratonovich: return "stratonovich";
    case Interpretation::isothermal: return "isothermal";
  }
  throw std::invalid_argument("no such interpretation");
}

Interpretation interpretation_named(std::string_view name) {
  for (const auto known : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal})
    if (name == name_of(known)) return known;
  throw std::invalid_argument(fmt::format("interpretation must be ito, stratonovich or isothermal (got \"{}\")", name));
}

namespace {

/// (div D)_i = sum_j dD_ij / dx_j.
Eigen::VectorXd divergence(const Eigen::Ref<const Eigen::VectorXd>& gradient, Index d) {
  Eigen::VectorXd result = Eigen::VectorXd::Zero(d);
  for (Index j = 0; j < d; ++j) result += gradient.segment(j * d * d + j * d, d);
  return result;
}

/// 1/2 sum_jk s_jk d_j s_ik with s = (2 D)^(1/2) symmetric.
Eigen::VectorXd stratonovich_drift(const Eigen::Ref<const Eigen::VectorXd>& tensor,
                                   const Eigen::Ref<const Eigen::VectorXd>& gradient, Index d) {
  if (d == 1) return 0.5 * gradient;  // 1/2 s s' = D'/2, also where D = 0
  const SpectralFunction root = symmetric_root(2.0 * tensor.reshaped(d, d));
  Eigen::VectorXd result = Eigen::VectorXd::Zero(d);
  for (Index j = 0; j < d; ++j)
    result += 0.5 * root.derivative(2.0 * gradient.segment(j * d * d, d * d).reshaped(d, d)) *
              root.value().row(j).transpose();
  return result;
}

}  // namespace

bool depends_on_time(const Dynamics& dynamics) {
  return dynamics.drift.depends_on_time() || dynamics.diffusion->depends_on_time();
}

void sample_coefficients(const Dynamics& dynamics, const Eigen::Ref<const Eigen::MatrixXd>& points, Coefficients& out,
                         double time) {
  const Index d = points.rows();
  const bool constant = dynamics.diffusion->constant();
  DiffusionSamples diffusion;
  // The isothermal current F p - D grad p needs no derivative of D, but the Ito drift does.
  dynamics.diffusion->sample(points, !constant, diffusion, time);
  dynamics.drift.sample(points, out.ito_drift, nullptr, time);
  out.advection = out.ito_drift;
  out.tensor = std::move(diffusion.tensor);
  if (constant) return;
  for (Index p = 0; p < points.cols(); ++p) {
    const Eigen::VectorXd spread = divergence(diffusion.gradient.col(p), d);
    Eigen::VectorXd induced = Eigen::VectorXd::Zero(d);
    if (dynamics.interpretation == Interpretation::isothermal) induced = spread;
    if (dynamics.interpretation == Interpretation::stratonovich)
      induced = stratonovich_drift(out.tensor.col(p), diffusion.gradient.col(p), d);
    out.ito_drift.col(p) += induced;
    if (dynamics.interpretation != Interpretation::isothermal) out.advection.col(p) += induced - spread;
  }
}

}  // namespace valleyflux
