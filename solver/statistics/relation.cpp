#include "solver/statistics/relation.hpp"

#include <Eigen/Core>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

double chance_of(double chi_squared, double degrees) {
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared(degrees), chi_squared));
}

}  // namespace

Relation straight_line(const std::vector<RelationPoint>& points) {
  constexpr std::size_t fewest = 3;
  if (points.size() < fewest) throw std::invalid_argument("a relation needs at least 3 points");
  const auto n = static_cast<Eigen::Index>(points.size());
  Eigen::ArrayXd x(n), y(n), weight(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const RelationPoint& point = points[static_cast<std::size_t>(i)];
    if (!(point.sd > 0)) throw std::invalid_argument("the points of a relation need positive errors");
    x[i] = point.x;
    y[i] = point.y;
    weight[i] = 1.0 / (point.sd * point.sd);
  }
  if (!(x.maxCoeff() > x.minCoeff())) throw std::invalid_argument("a relation needs points of different x");
  const double x_mean = (weight * x).sum() / weight.sum(), y_mean = (weight * y).sum() / weight.sum();
  const Eigen::ArrayXd dx = x - x_mean, dy = y - y_mean;
  const double spread = (weight * dx.square()).sum(), total = (weight * dy.square()).sum();

  Relation relation;
  relation.slope = (weight * dx * dy).sum() / spread;
  relation.intercept = y_mean - relation.slope * x_mean;
  relation.chi_squared = (weight * (dy - relation.slope * dx).square()).sum();
  relation.r_squared = total > 0 ? 1.0 - relation.chi_squared / total : 1.0;
  relation.degrees = static_cast<int>(n) - 2;
  const double degrees = relation.degrees;
  relation.p_value = chance_of(relation.chi_squared, degrees);
  constexpr double two_sided = 0.975;
  relation.slope_error = 1.0 / std::sqrt(spread);
  double quantile = boost::math::quantile(boost::math::normal(), two_sided);
  if (relation.chi_squared > degrees) {
    relation.slope_error *= std::sqrt(relation.chi_squared / degrees);
    quantile = boost::math::quantile(boost::math::students_t(degrees), two_sided);
  }
  const double reach = quantile * relation.slope_error;
  relation.slope_low = relation.slope - reach;
  relation.slope_high = relation.slope + reach;
  return relation;
}

double joint_p_value(const std::vector<Relation>& relations) {
  double chi_squared = 0.0, degrees = 0.0;
  for (const Relation& relation : relations) {
    chi_squared += relation.chi_squared;
    degrees += relation.degrees;
  }
  return chance_of(chi_squared, degrees);
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::not_straight: return "right sign, but no straight line";
    case Verdict::wrong_sign: return "wrong sign";
    default: return "undecided";
  }
}

Verdict judge(double slope_low, double slope_high, double p_value) {
  if (slope_high < 0) return Verdict::wrong_sign;
  if (slope_low <= 0) return Verdict::undecided;
  constexpr double refused = 0.01;
  return p_value < refused ? Verdict::not_straight : Verdict::holds;
}

Verdict judge(const Relation& relation) {
  return judge(relation.slope_low, relation.slope_high, relation.p_value);
}

}  // namespace valleyflux
