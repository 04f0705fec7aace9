#include "problems/losses/lane_gradients.hpp"
#include "problems/losses/losses.hpp"
#include "problems/losses/require_data.hpp"

#include <boost/math/tools/rational.hpp>

#include <array>
#include <utility>

namespace valleyflux {

namespace {

constexpr int moments = 6;

/// Means of the powers 0 ... 6 of the data of one coordinate.
std::array<double, moments + 1> moments_of(const DataSet& data, Index coordinate) {
  std::array<double, moments + 1> mean{};
  for (Index s = 0; s < data.features.cols(); ++s) {
    double power = 1.0;
    for (double& sum : mean) {
      sum += power;
      power *= data.features(coordinate, s);
    }
  }
  for (double& sum : mean) sum /= static_cast<double>(data.features.cols());
  return mean;
}

std::vector<double> derivative(const std::vector<double>& coefficients) {
  std::vector<double> result;
  for (std::size_t k = 1; k < coefficients.size(); ++k) result.push_back(static_cast<double>(k) * coefficients[k]);
  return result;
}

CoordinatePolynomials polynomials_of(const DataSet& data, Index coordinate) {
  const auto m = moments_of(data, coordinate);
  CoordinatePolynomials result;
  // 1/2 mean of (t - x)^4 - 16 (t - x)^2 + 5 (t - x)
  result.loss = {0.5 * m[4] - 8.0 * m[2] - 2.5 * m[1], -2.0 * m[3] + 16.0 * m[1] + 2.5, 3.0 * m[2] - 8.0, -2.0 * m[1],
                 0.5};
  // f'(t - x) = 2 (t - x)^3 - 16 (t - x) + 2.5 = sum_a t^a s_a(x); its variance is sum t^(a + b) cov(s_a, s_b).
  const std::array<std::vector<double>, 3> s{std::vector<double>{2.5, 16.0, 0.0, -2.0},  // in powers of x
                                             std::vector<double>{-16.0, 0.0, 6.0}, std::vector<double>{0.0, -6.0}};
  result.noise.assign(5, 0.0);
  for (std::size_t a = 0; a < s.size(); ++a)
    for (std::size_t b = 0; b < s.size(); ++b)
      for (std::size_t i = 0; i < s[a].size(); ++i)
        for (std::size_t j = 0; j < s[b].size(); ++j)
          result.noise[a + b] += s[a][i] * s[b][j] * (m[i + j] - m[i] * m[j]);
  return result;
}

class StyblinskiTangLoss final : public Loss {
 public:
  explicit StyblinskiTangLoss(const DataSet& data) : features_(data.features) {
    for (Index k = 0; k < features_.rows(); ++k) {
      CoordinatePolynomials own = polynomials_of(data, k);
      loss_.push_back(std::move(own.loss));
      noise_.push_back(std::move(own.noise));
      slope_.push_back(derivative(loss_.back()));
      curvature_.push_back(derivative(slope_.back()));
    }
  }

  Index dimension() const override { return features_.rows(); }
  Index samples() const override { return features_.cols(); }
  double value(const Eigen::VectorXd& theta) const override { return of_each(loss_, theta).sum(); }
  Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const override { return of_each(slope_, theta); }

  Eigen::MatrixXd sample_gradients(const Eigen::VectorXd& theta, Index first, Index count) const override {
    const Eigen::ArrayXXd z = (-features_.middleCols(first, count)).colwise() + theta;
    return (2.0 * z.square() - 16.0) * z + 2.5;
  }

  Eigen::MatrixXd hessian_product(const Eigen::VectorXd& theta, const Eigen::MatrixXd& directions) const override {
    return of_each(curvature_, theta).asDiagonal() * directions;
  }

  std::optional<CoordinatePolynomials> coordinate(Index i) const override {
    return CoordinatePolynomials{loss_.at(static_cast<std::size_t>(i)), noise_.at(static_cast<std::size_t>(i))};
  }

  std::size_t workspace() const override { return 0; }
  void minibatch_gradients(const double* theta, const std::uint32_t* rows, Index batch, double* gradient,
                           double*) const override {
    styblinski_tang_lanes(features_.data(), features_.rows(), theta, rows, batch, gradient);
  }

 private:
  static Eigen::VectorXd of_each(const std::vector<std::vector<double>>& polynomials, const Eigen::VectorXd& theta) {
    Eigen::VectorXd values(theta.size());
    for (Index k = 0; k < theta.size(); ++k) {
      const std::vector<double>& own = polynomials[static_cast<std::size_t>(k)];
      values[k] = boost::math::tools::evaluate_polynomial(own.data(), theta[k], own.size());
    }
    return values;
  }

  Eigen::MatrixXd features_;
  std::vector<std::vector<double>> loss_, noise_, slope_, curvature_;  // polynomials of each coordinate
};

}  // namespace

std::shared_ptr<const Loss> styblinski_tang_loss(const DataSet& data) {
  require_data(data);
  return std::make_shared<StyblinskiTangLoss>(data);
}

}  // namespace valleyflux
