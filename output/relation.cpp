#include "output/relation.hpp"

#include <Eigen/Dense>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr double two_sided = 0.975;

/// A polynomial through weighted points.
struct Fit {
  Eigen::VectorXd coefficient, error;
  double chi_squared = 0.0;
};

Fit polynomial_fit(const Eigen::VectorXd& u, const Eigen::VectorXd& y, const Eigen::VectorXd& weight, int degree) {
  Eigen::MatrixXd powers(u.size(), degree + 1);
  for (int k = 0; k <= degree; ++k) powers.col(k) = u.array().pow(k);
  const Eigen::MatrixXd weighted = weight.cwiseSqrt().asDiagonal() * powers;
  const Eigen::VectorXd target = weight.cwiseSqrt().cwiseProduct(y);
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(weighted);
  Fit fit;
  fit.coefficient = qr.solve(target);
  fit.chi_squared = (target - weighted * fit.coefficient).squaredNorm();
  fit.error = (weighted.transpose() * weighted).inverse().diagonal().cwiseSqrt();
  return fit;
}

/// Half-width of a 95 % interval: errors enlarged where the scatter says that they are too small.
double half_width(double error, double chi_squared, double degrees) {
  if (degrees > 0 && chi_squared > degrees)
    return error * std::sqrt(chi_squared / degrees) *
           boost::math::quantile(boost::math::students_t(degrees), two_sided);
  return error * boost::math::quantile(boost::math::normal(), two_sided);
}

}  // namespace

Relation straight_line(const std::vector<RelationPoint>& points) {
  constexpr std::size_t fewest = 3, fewest_of_parabola = 4;
  if (points.size() < fewest) throw std::invalid_argument("a relation needs at least 3 points");
  const auto n = static_cast<Eigen::Index>(points.size());
  Eigen::VectorXd x(n), y(n), weight(n);
  std::set<double> different;
  for (Eigen::Index i = 0; i < n; ++i) {
    const RelationPoint& point = points[static_cast<std::size_t>(i)];
    if (!(point.sd > 0)) throw std::invalid_argument("the points of a relation need positive errors");
    x[i] = point.x;
    y[i] = point.y;
    weight[i] = 1.0 / (point.sd * point.sd);
    different.insert(point.x);
  }
  if (different.size() < 2) throw std::invalid_argument("a relation needs points of different x");
  const double middle = 0.5 * (x.maxCoeff() + x.minCoeff()), half = 0.5 * (x.maxCoeff() - x.minCoeff());
  const Eigen::VectorXd u = (x.array() - middle) / half;

  Relation relation;
  relation.points = points.size();
  const Fit line = polynomial_fit(u, y, weight, 1);
  const double degrees = static_cast<double>(n) - 2.0;
  relation.slope = line.coefficient[1] / half;
  relation.intercept = line.coefficient[0] - relation.slope * middle;
  const double reach = half_width(line.error[1], line.chi_squared, degrees) / half;
  relation.slope_low = relation.slope - reach;
  relation.slope_high = relation.slope + reach;
  relation.chi_squared = line.chi_squared;
  relation.p_value = boost::math::cdf(boost::math::complement(boost::math::chi_squared(degrees), line.chi_squared));
  const double mean = weight.dot(y) / weight.sum();
  const double total = weight.dot((y.array() - mean).square().matrix());
  relation.r_squared = total > 0 ? 1.0 - line.chi_squared / total : 1.0;
  if (different.size() >= fewest_of_parabola) {
    const Fit parabola = polynomial_fit(u, y, weight, 2);
    const double width = half_width(parabola.error[2], parabola.chi_squared, degrees - 1.0);
    relation.curvature_low = parabola.coefficient[2] - width;
    relation.curvature_high = parabola.coefficient[2] + width;
  }
  return relation;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::not_straight: return "right sign, but no straight line";
    case Verdict::wrong_sign: return "wrong sign";
    default: return "undecided";
  }
}

Verdict judge(const Relation& relation, double expected) {
  const double sign = expected < 0 ? -1.0 : 1.0;
  const double near = sign > 0 ? relation.slope_low : -relation.slope_high;
  const double far = sign > 0 ? relation.slope_high : -relation.slope_low;
  if (far < 0) return Verdict::wrong_sign;
  if (near <= 0) return Verdict::undecided;
  constexpr double refused = 0.01;
  const bool bends = relation.curvature_low && (*relation.curvature_low > 0 || *relation.curvature_high < 0);
  return relation.p_value < refused && bends ? Verdict::not_straight : Verdict::holds;
}

bool slope_agrees(const Relation& relation, double value) {
  return relation.slope_low <= value && value <= relation.slope_high;
}

double log_rate_sd(std::uint32_t escapes) {
  if (escapes < 1) throw std::invalid_argument("a rate without an escape has no logarithm");
  return std::sqrt(boost::math::trigamma(static_cast<double>(escapes)));
}

}  // namespace valleyflux
