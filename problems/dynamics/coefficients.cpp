#include "problems/dynamics/coefficients.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/spectral_function.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

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

double alpha_of(Interpretation interpretation) {
  switch (interpretation) {
    case Interpretation::ito: return 0.0;
    case Interpretation::stratonovich: return 0.5;
    case Interpretation::isothermal: return 1.0;
  }
  throw std::invalid_argument("no such interpretation");
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

Dynamics mobile_dynamics(std::shared_ptr<const Landscape> landscape, std::shared_ptr<const DiffusionModel> diffusion,
                         double kT) {
  return {Drift(std::move(landscape), Mobility{diffusion, kT}), std::move(diffusion), Interpretation::isothermal};
}

namespace {

/// With other parts, where they are not null.
Dynamics with_parts(const Dynamics& dynamics, const std::shared_ptr<const Landscape>& landscape,
                    const std::shared_ptr<const VectorField>& field,
                    const std::shared_ptr<const DiffusionModel>& diffusion) {
  Dynamics other = dynamics;
  const Drift& drift = dynamics.drift;
  if (diffusion) other.diffusion = diffusion;
  if (field) other.drift = Drift(field);
  if (drift.potential()) {
    const auto& height = landscape ? landscape : drift.potential();
    if (std::optional<Mobility> mobility = drift.mobility()) {
      if (mobility->diffusion == dynamics.diffusion) mobility->diffusion = other.diffusion;
      other.drift = Drift(height, *mobility);
    } else {
      other.drift = Drift(height);
    }
  }
  return other;
}

}  // namespace

std::optional<Dynamics> redrawn(const Dynamics& dynamics, std::uint64_t seed) {
  const Drift& drift = dynamics.drift;
  const auto landscape = drift.potential() ? drift.potential()->redrawn(seed) : nullptr;
  const auto field = drift.field() ? drift.field()->redrawn(seed) : nullptr;
  const auto diffusion = dynamics.diffusion->redrawn(seed);
  if (!landscape && !field && !diffusion) return std::nullopt;
  return with_parts(dynamics, landscape, field, diffusion);
}

std::optional<Dynamics> clipped_higher(const Dynamics& dynamics) {
  const auto& landscape = dynamics.drift.potential();
  const auto higher = landscape ? landscape->clipped_higher() : nullptr;
  return higher ? std::optional(with_parts(dynamics, higher, nullptr, nullptr)) : std::nullopt;
}

std::optional<BoltzmannLaw> boltzmann_law(const Dynamics& dynamics, double time) {
  const Drift& drift = dynamics.drift;
  if (const auto& mobility = drift.mobility()) {
    const bool detailed_balance =
        mobility->diffusion == dynamics.diffusion &&
        (dynamics.interpretation == Interpretation::isothermal || dynamics.diffusion->constant());
    return detailed_balance ? std::optional(BoltzmannLaw{drift.potential(), mobility->kT}) : std::nullopt;
  }
  if (!drift.landscape() || !dynamics.diffusion->constant()) return std::nullopt;
  DiffusionSamples diffusion;
  const Index d = drift.dimension();
  dynamics.diffusion->sample(Eigen::VectorXd::Zero(d), false, diffusion, time);
  const double kT = diffusion.tensor(0, 0);
  if (!(kT > 0) || diffusion.tensor.reshaped(d, d) != kT * Eigen::MatrixXd::Identity(d, d)) return std::nullopt;
  return BoltzmannLaw{drift.landscape(), kT};
}

bool depends_on_time(const Dynamics& dynamics) {
  return dynamics.drift.depends_on_time() || dynamics.diffusion->depends_on_time();
}

void sample_coefficients(const Dynamics& dynamics, const Eigen::Ref<const Eigen::MatrixXd>& points,
                         Coefficients& coefficients, double time) {
  const Index d = points.rows();
  const bool constant = dynamics.diffusion->constant();
  DiffusionSamples diffusion;
  // The isothermal current F p - D grad p needs no derivative of D, but the Ito drift does.
  dynamics.diffusion->sample(points, !constant, diffusion, time);
  dynamics.drift.sample(points, coefficients.ito_drift, nullptr, time);
  coefficients.advection = coefficients.ito_drift;
  coefficients.tensor = std::move(diffusion.tensor);
  if (constant) return;
  for (Index p = 0; p < points.cols(); ++p) {
    const Eigen::VectorXd spread = divergence(diffusion.gradient.col(p), d);
    Eigen::VectorXd induced = Eigen::VectorXd::Zero(d);
    if (dynamics.interpretation == Interpretation::isothermal) induced = spread;
    if (dynamics.interpretation == Interpretation::stratonovich)
      induced = stratonovich_drift(coefficients.tensor.col(p), diffusion.gradient.col(p), d);
    coefficients.ito_drift.col(p) += induced;
    if (dynamics.interpretation != Interpretation::isothermal) coefficients.advection.col(p) += induced - spread;
  }
}

}  // namespace valleyflux
