#include "problems/dynamics/block_coefficients.hpp"

#include "grids/aligned_vector.hpp"
#include "grids/wide.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

constexpr double round_off = 1e-14;  // of a pivot against its diagonal entry

/// The force of a landscape; nothing where it has no symbolic form.
std::optional<BlockForce> symbolic_force(const Landscape& landscape) {
  ExpressionGraph graph(landscape.dimension());
  const auto value = landscape.append_to(graph);
  if (!value) return std::nullopt;
  return BlockForce(std::move(graph), *value);
}

/// Ito's drift (or F) and, where it varies, D, as nodes; nothing where one of them has no symbolic form.
std::optional<BlockProgram> symbolic(const Dynamics& dynamics, bool chain, bool constant) {
  const int d = dynamics.drift.dimension();
  const auto size = static_cast<std::size_t>(d);
  ExpressionGraph graph(d);
  std::vector<GraphNode> drift = dynamics.drift.append_to(graph);
  if (drift.empty()) return std::nullopt;
  if (constant) return BlockProgram(graph, drift);
  const std::vector<GraphNode> tensor = dynamics.diffusion->append_to(graph);
  if (tensor.empty()) return std::nullopt;
  if (!chain && dynamics.interpretation != Interpretation::ito) {
    // div D, or half of it: in one dimension the drift that Stratonovich's integral induces.
    if (dynamics.interpretation == Interpretation::stratonovich && d > 1) return std::nullopt;
    const double part = dynamics.interpretation == Interpretation::isothermal ? 1.0 : 0.5;
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t i = 0; i < size; ++i)
        drift[i] =
            graph.binary(Operation::add, drift[i], graph.affine(graph.gradient(tensor[i + size * j])[j], part, 0.0));
  }
  std::vector<GraphNode> outputs = drift;
  for (std::size_t j = 0; j < size; ++j)
    for (std::size_t i = j; i < size; ++i) outputs.push_back(tensor[i + size * j]);
  return BlockProgram(graph, outputs);
}

/// S with S S^T = 2 D, lower triangular, for particles side by side: a pivot that is zero to round-off gives a column
/// of zeros. `entry[i + d j]` is the row of D_ij, i >= j.
struct Factorise {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(Index d, const double* const* entry, double* factor, std::ptrdiff_t count,
                                    std::ptrdiff_t stride) {
    const auto row = [&](Index i, Index j) { return factor + (i + d * j) * stride; };
    for (Index j = 0; j < d; ++j) {
      for (Index i = 0; i < j; ++i) std::fill_n(row(i, j), count, 0.0);
      for (Index i = j; i < d; ++i) {
        double* sum = row(i, j);
        const double* from = entry[i + d * j];
        VALLEYFLUX_INDEPENDENT
        for (std::ptrdiff_t p = 0; p < count; ++p) sum[p] = 2.0 * from[p];
        for (Index k = 0; k < j; ++k) {
          const double *one = row(i, k), *other = row(j, k);
          VALLEYFLUX_INDEPENDENT
          for (std::ptrdiff_t p = 0; p < count; ++p) sum[p] -= one[p] * other[p];
        }
      }
      double* pivot = row(j, j);
      const double* diagonal = entry[j + d * j];
      VALLEYFLUX_INDEPENDENT
      for (std::ptrdiff_t p = 0; p < count; ++p)
        pivot[p] = pivot[p] <= round_off * 2.0 * diagonal[p] ? 0.0 : std::sqrt(pivot[p]);
      for (Index i = j + 1; i < d; ++i) {
        double* below = row(i, j);
        VALLEYFLUX_INDEPENDENT
        for (std::ptrdiff_t p = 0; p < count; ++p) below[p] = pivot[p] > 0 ? below[p] / pivot[p] : pivot[p];
      }
    }
  }
};

template <typename Entry>
void factorise(Index d, const Entry& entry, double* factor, std::ptrdiff_t count, std::ptrdiff_t stride) {
  std::vector<const double*> rows(static_cast<std::size_t>(d * d), nullptr);
  for (Index j = 0; j < d; ++j)
    for (Index i = j; i < d; ++i) rows[static_cast<std::size_t>(i + d * j)] = entry(i, j);
  run_widest<Factorise>(d, rows.data(), factor, count, stride);
}

}  // namespace

BlockCoefficients::BlockCoefficients(Dynamics dynamics, bool chain, double time)
    : dynamics_(std::move(dynamics)), chain_(chain), time_(time) {
  if (dynamics_.diffusion->constant()) {
    DiffusionSamples samples;
    dynamics_.diffusion->sample(Eigen::VectorXd::Zero(dimension()), false, samples, time_);
    const Index d = dimension();
    constant_factor_ = Eigen::MatrixXd::Zero(d, d);
    factorise(
        d, [&](Index i, Index j) { return samples.tensor.data() + i + d * j; }, constant_factor_->data(), 1, 1);
  }
  if (depends_on_time(dynamics_)) return;  // symbols are of the coordinates alone
  if (const auto& landscape = dynamics_.drift.landscape(); landscape && constant_factor_)
    force_ = symbolic_force(*landscape);
  else
    program_ = symbolic(dynamics_, chain_, constant_factor_.has_value());
}

void BlockCoefficients::sample(const double* x, double* drift, double* factor, std::ptrdiff_t count,
                               std::ptrdiff_t stride) const {
  const Index d = dimension();
  if (force_) {
    force_->run(x, drift, count, stride);
    return;
  }
  if (program_) {
    if (constant_factor_) {
      program_->run(x, drift, count, stride);
      return;
    }
    const auto entries = static_cast<std::size_t>(program_->outputs());
    thread_local AlignedVector outputs;
    outputs.resize(entries * static_cast<std::size_t>(stride));
    program_->run(x, outputs.data(), count, stride);
    for (Index i = 0; i < d; ++i) std::copy_n(outputs.data() + i * stride, count, drift + i * stride);
    const auto entry = [&](Index i, Index j) {
      return outputs.data() + (d + j * d - j * (j - 1) / 2 + (i - j)) * stride;
    };
    factorise(d, entry, factor, count, stride);
    return;
  }
  using Rows =
      Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0, Eigen::OuterStride<>>;
  using ConstRows =
      Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0, Eigen::OuterStride<>>;
  const Eigen::MatrixXd points = ConstRows(x, d, count, Eigen::OuterStride<>(stride));
  Rows to(drift, d, count, Eigen::OuterStride<>(stride));
  Eigen::MatrixXd tensor;
  if (constant_factor_ || chain_) {
    Eigen::MatrixXd force;
    dynamics_.drift.sample(points, force, nullptr, time_);
    to = force;
    if (constant_factor_) return;
    DiffusionSamples samples;
    dynamics_.diffusion->sample(points, false, samples, time_);
    tensor = samples.tensor.transpose();
  } else {
    Coefficients coefficients;
    sample_coefficients(dynamics_, points, coefficients, time_);
    to = coefficients.ito_drift;
    tensor = coefficients.tensor.transpose();
  }
  factorise(
      d, [&](Index i, Index j) { return tensor.data() + (i + d * j) * count; }, factor, count, stride);
}

}  // namespace valleyflux
