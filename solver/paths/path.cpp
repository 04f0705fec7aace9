#include "solver/paths/path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

Eigen::MatrixXd straight_path(const Eigen::VectorXd& a, const Eigen::VectorXd& b, Index count) {
  if (a.size() != b.size())
    throw std::invalid_argument(fmt::format("a path from {} to {} dimensions", a.size(), b.size()));
  if (count < 2) throw std::invalid_argument(fmt::format("a path needs at least 2 points (got {})", count));
  const Eigen::RowVectorXd share = Eigen::RowVectorXd::LinSpaced(count, 0.0, 1.0);
  Eigen::MatrixXd points = (b - a) * share;
  points.colwise() += a;
  points.col(count - 1) = b;
  return points;
}

Eigen::VectorXd cumulative_lengths(const Eigen::MatrixXd& points) {
  Eigen::VectorXd lengths = Eigen::VectorXd::Zero(points.cols());
  for (Index i = 1; i < points.cols(); ++i) lengths[i] = lengths[i - 1] + (points.col(i) - points.col(i - 1)).norm();
  return lengths;
}

PathSpline::PathSpline(Eigen::MatrixXd points) : points_(std::move(points)), knots_(cumulative_lengths(points_)) {
  const Index n = points_.cols();
  if (n < 4) throw std::invalid_argument(fmt::format("a path's spline needs at least 4 points (got {})", n));
  const Eigen::VectorXd h = knots_.tail(n - 1) - knots_.head(n - 1);
  if (!(h.minCoeff() > 0)) throw std::invalid_argument("neighbouring points of a path coincide");
  // h_(i-1) m_(i-1) + 2 (h_(i-1) + h_i) m_i + h_i m_(i+1) = 6 (slope_i - slope_(i-1)) for the second derivatives m;
  // those of both ends, by "not a knot" linear in their two neighbours, are eliminated first.
  Eigen::VectorXd lower = h.head(n - 2), diagonal = 2.0 * (h.head(n - 2) + h.tail(n - 2)), upper = h.tail(n - 2);
  const double first = h[0] / h[1], last = h[n - 2] / h[n - 3];
  diagonal[0] += h[0] * (1.0 + first);
  upper[0] -= h[0] * first;
  diagonal[n - 3] += h[n - 2] * (1.0 + last);
  lower[n - 3] -= h[n - 2] * last;
  Eigen::MatrixXd m(points_.rows(), n - 2);
  for (Index i = 0; i < n - 2; ++i)
    m.col(i) =
        6.0 * ((points_.col(i + 2) - points_.col(i + 1)) / h[i + 1] - (points_.col(i + 1) - points_.col(i)) / h[i]);
  for (Index i = 1; i < n - 2; ++i) {
    const double factor = lower[i] / diagonal[i - 1];
    diagonal[i] -= factor * upper[i - 1];
    m.col(i) -= factor * m.col(i - 1);
  }
  m.col(n - 3) /= diagonal[n - 3];
  for (Index i = n - 4; i >= 0; --i) m.col(i) = ((m.col(i) - upper[i] * m.col(i + 1)) / diagonal[i]).eval();
  curvature_.resize(points_.rows(), n);
  curvature_.middleCols(1, n - 2) = m;
  curvature_.col(0) = (1.0 + first) * m.col(0) - first * m.col(1);
  curvature_.col(n - 1) = (1.0 + last) * m.col(n - 3) - last * m.col(n - 4);
}

Index PathSpline::interval(double s) const {
  const auto above = std::upper_bound(knots_.begin(), knots_.end(), s) - knots_.begin();
  return std::clamp<Index>(above - 1, 0, knots_.size() - 2);
}

Eigen::VectorXd PathSpline::at(double s) const {
  const Index i = interval(s);
  const double h = knots_[i + 1] - knots_[i], b = (s - knots_[i]) / h, a = 1.0 - b;
  return a * points_.col(i) + b * points_.col(i + 1) +
         h * h / 6.0 * ((a * a * a - a) * curvature_.col(i) + (b * b * b - b) * curvature_.col(i + 1));
}

Eigen::VectorXd PathSpline::slope(double s) const {
  const Index i = interval(s);
  const double h = knots_[i + 1] - knots_[i], b = (s - knots_[i]) / h, a = 1.0 - b;
  return (points_.col(i + 1) - points_.col(i)) / h +
         h / 6.0 * ((1.0 - 3.0 * a * a) * curvature_.col(i) + (3.0 * b * b - 1.0) * curvature_.col(i + 1));
}

Eigen::MatrixXd evenly_spaced(const Eigen::MatrixXd& points, Index count) {
  const PathSpline spline(points);
  Eigen::MatrixXd even(points.rows(), count);
  for (Index i = 0; i < count; ++i)
    even.col(i) = spline.at(spline.length() * static_cast<double>(i) / static_cast<double>(count - 1));
  // The ends are given points, to the last digit.
  even.col(0) = points.col(0);
  even.col(count - 1) = points.col(points.cols() - 1);
  return even;
}

}  // namespace valleyflux
