#include "solver/statistics/linear_fit.hpp"

#include <Eigen/Core>

#include <cmath>
#include <stdexcept>

namespace valleyflux {

LinearFit linear_fit(const std::vector<double>& x, const std::vector<double>& y) {
  constexpr std::size_t least = 3;
  if (x.size() != y.size() || x.size() < least)
    throw std::invalid_argument("a line is fitted to at least 3 points, as many y as x");
  const auto n = static_cast<Eigen::Index>(x.size());
  const Eigen::ArrayXd xs = Eigen::Map<const Eigen::ArrayXd>(x.data(), n);
  const Eigen::ArrayXd ys = Eigen::Map<const Eigen::ArrayXd>(y.data(), n);
  const Eigen::ArrayXd dx = xs - xs.mean(), dy = ys - ys.mean();
  const double spread = dx.square().sum(), total = dy.square().sum();
  if (!(spread > 0)) throw std::invalid_argument("a line needs points of different x");
  LinearFit fit;
  fit.slope = (dx * dy).sum() / spread;
  fit.intercept = ys.mean() - fit.slope * xs.mean();
  const double residual = (dy - fit.slope * dx).square().sum();
  fit.standard_error = std::sqrt(residual / static_cast<double>(n - 2) / spread);
  fit.r_squared = total > 0 ? 1.0 - residual / total : 1.0;
  return fit;
}

}  // namespace valleyflux
