#include "solver/losses/hessian_comparison.hpp"

#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/solver_error.hpp"

#include <Spectra/SymEigsSolver.h>
#include <fmt/format.h>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace valleyflux {

namespace {

constexpr Index groups = 10;

double correlation_of(const Eigen::ArrayXd& x, const Eigen::ArrayXd& y) {
  const Eigen::ArrayXd dx = x - x.mean(), dy = y - y.mean();
  return (dx * dy).sum() / std::sqrt(dx.square().sum() * dy.square().sum());
}

double factor_of(const Eigen::ArrayXd& h, const Eigen::ArrayXd& c) {
  return (h * c).sum() / h.square().sum();
}

/// A statistic of all samples and of all but one group each.
MeasuredNumber jackknife(double whole, const std::array<double, groups>& without) {
  const double n = groups;
  const double mean = std::accumulate(without.begin(), without.end(), 0.0) / n;
  double squares = 0.0;
  for (const double value : without) squares += (value - mean) * (value - mean);
  const double error = std::sqrt((n - 1.0) / n * squares);
  const double reach = boost::math::quantile(boost::math::students_t(n - 1.0), 0.975) * error;
  return {whole, whole - reach, whole + reach};
}

/// Sums over a group of samples of what variances along the eigenvectors are made of.
struct Moments {
  Eigen::ArrayXd sum, squares;
  double count = 0.0;
  Eigen::ArrayXd variance() const { return squares / count - (sum / count).square(); }
};

Moments without(const Moments& all, const Moments& group) {
  return {all.sum - group.sum, all.squares - group.squares, all.count - group.count};
}

/// Eigenvalues and eigenvectors (columns), largest |h| first.
struct Eigenbasis {
  Eigen::VectorXd value;
  Eigen::MatrixXd vector;
};

Eigenbasis by_size(const Eigen::VectorXd& values, const Eigen::MatrixXd& vectors) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return std::abs(values[a]) > std::abs(values[b]); });
  return {values(order), vectors(Eigen::all, order)};
}

/// H as Spectra takes it.
class HessianProduct {
 public:
  using Scalar = double;
  HessianProduct(const Loss& loss, const Eigen::VectorXd& theta) : loss_(loss), theta_(theta) {}
  Index rows() const { return theta_.size(); }
  Index cols() const { return theta_.size(); }
  void perform_op(const double* x, double* y) const {
    Eigen::Map<Eigen::VectorXd>(y, rows()) =
        loss_.hessian_product(theta_, Eigen::Map<const Eigen::VectorXd>(x, rows()));
  }

 private:
  const Loss& loss_;
  const Eigen::VectorXd& theta_;
};

Eigenbasis leading_eigenbasis(const Loss& loss, const Eigen::VectorXd& theta, Index count) {
  HessianProduct product(loss, theta);
  // Twice as many vectors as are asked for, and some, are what keeps restarts few.
  const Index space = std::min(theta.size(), 2 * count + 20);
  Spectra::SymEigsSolver<HessianProduct> solver(product, count, space);
  solver.init();
  constexpr Index most_restarts = 300;
  constexpr double tolerance = 1e-8;
  solver.compute(Spectra::SortRule::LargestMagn, most_restarts, tolerance);
  if (solver.info() != Spectra::CompInfo::Successful)
    throw SolverError(fmt::format("the {} leading eigenvectors of the Hessian did not converge", count));
  return by_size(solver.eigenvalues(), solver.eigenvectors());
}

Eigenbasis eigenbasis(const Loss& loss, const Eigen::VectorXd& theta, Index leading) {
  if (leading > 0 && leading < theta.size()) return leading_eigenbasis(loss, theta, leading);
  const EigenDecomposition eigen = symmetric_eigen(hessian(loss, theta));
  return by_size(eigen.values, eigen.vectors);
}

}  // namespace

HessianComparison compare_with_hessian(const Loss& loss, const Eigen::VectorXd& theta, Index leading) {
  const Index m = loss.samples();
  if (m < 2 * groups || loss.dimension() < 3 || (leading > 0 && leading < 3))
    throw std::invalid_argument("covariance and Hessian are compared over at least 20 samples and 3 eigenvectors");
  const Eigenbasis eigen = eigenbasis(loss, theta, leading);
  const Eigen::MatrixXd& basis = eigen.vector;
  const Index d = basis.cols();
  HessianComparison result;
  result.eigenvalue = eigen.value;

  // Neighbours go into different groups: data are often sorted.
  std::array<Moments, groups> group;
  group.fill({Eigen::ArrayXd::Zero(d), Eigen::ArrayXd::Zero(d), 0.0});
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(d, d);
  constexpr Index together = 256;
  for (Index first = 0; first < m; first += together) {
    const Index count = std::min(together, m - first);
    const Eigen::MatrixXd along = basis.transpose() * loss.sample_gradients(theta, first, count);
    for (Index j = 0; j < count; ++j) {
      Moments& own = group[static_cast<std::size_t>((first + j) % groups)];
      own.sum += along.col(j).array();
      own.squares += along.col(j).array().square();
      own.count += 1.0;
    }
    products.noalias() += along * along.transpose();
  }
  Moments all = group[0];
  for (std::size_t g = 1; g < group.size(); ++g)
    all = {all.sum + group[g].sum, all.squares + group[g].squares, all.count + group[g].count};
  const Eigen::VectorXd mean = (all.sum / all.count).matrix();
  Eigen::MatrixXd covariance = products / all.count - mean * mean.transpose();
  result.covariance = covariance.diagonal();
  const Eigen::ArrayXd sharpness = result.eigenvalue.array().abs();
  const auto spreads = [](const Eigen::ArrayXd& values) { return values.maxCoeff() > values.minCoeff(); };
  if (!spreads(sharpness) || !spreads(result.covariance.array()))
    throw SolverError("covariance and Hessian cannot be compared: one of them is the same in every direction");

  std::array<double, groups> correlations{}, factors{};
  for (std::size_t g = 0; g < group.size(); ++g) {
    const Eigen::ArrayXd variance = without(all, group[g]).variance();
    correlations[g] = std::atanh(correlation_of(sharpness, variance));
    factors[g] = factor_of(sharpness, variance);
  }
  // Fisher's transformation keeps the interval below 1.
  const MeasuredNumber transformed =
      jackknife(std::atanh(correlation_of(sharpness, result.covariance.array())), correlations);
  result.correlation = {std::tanh(transformed.value), std::tanh(transformed.low), std::tanh(transformed.high)};
  result.factor = jackknife(factor_of(sharpness, result.covariance.array()), factors);
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(d, d);
  expected.diagonal() = sharpness.matrix();
  result.entry_correlation = correlation_of(expected.reshaped().array(), covariance.reshaped().array());
  return result;
}

}  // namespace valleyflux
