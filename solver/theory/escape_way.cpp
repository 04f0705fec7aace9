#include "solver/theory/escape_way.hpp"

#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/paths/path.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

double angle(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return std::acos(std::min(std::abs(a.dot(b)), 1.0));
}

/// The tangent's part in the eigenspace nearest to it, normalised.
Eigen::VectorXd nearest_eigenvector(const Eigen::MatrixXd& hessian, const Eigen::VectorXd& tangent) {
  const EigenDecomposition eigen = symmetric_eigen(hessian);
  const Eigen::VectorXd parts = eigen.vectors.transpose() * tangent;
  constexpr double same = 0.01;
  Eigen::VectorXd nearest = Eigen::VectorXd::Zero(tangent.size());
  for (Eigen::Index k = 0; k < parts.size(); ++k) {
    Eigen::VectorXd inside = Eigen::VectorXd::Zero(tangent.size());
    for (Eigen::Index j = 0; j < parts.size(); ++j)
      if (std::abs(eigen.values[j] - eigen.values[k]) <= same * std::abs(eigen.values[k]))
        inside += parts[j] * eigen.vectors.col(j);
    if (inside.norm() > nearest.norm()) nearest = inside;
  }
  return nearest.normalized();
}

}  // namespace

EscapeWay escape_way(Eigen::MatrixXd points, const Eigen::MatrixXd& minimum_hessian,
                     const Eigen::MatrixXd& saddle_hessian) {
  EscapeWay way;
  const PathSpline spline(points);
  const Eigen::VectorXd first = spline.slope(0.0).normalized(), last = spline.slope(spline.length()).normalized();
  way.points = std::move(points);
  way.at_minimum = nearest_eigenvector(minimum_hessian, first);
  way.at_saddle = symmetric_eigen(saddle_hessian).vectors.col(0);
  way.off_at_minimum = angle(way.at_minimum, first);
  way.off_at_saddle = angle(way.at_saddle, last);
  return way;
}

}  // namespace valleyflux
