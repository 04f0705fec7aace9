#include "solver/escape/curved_surface.hpp"

#include "problems/valleys/eigen_decomposition.hpp"

namespace valleyflux {

namespace {

/// How far points are from the line that fits them best.
double farthest_from_line(const Eigen::Matrix2Xd& points) {
  const Eigen::Matrix2Xd centred = points.colwise() - points.rowwise().mean().eval();
  const Eigen::Matrix2d scatter = centred * centred.transpose();
  const Eigen::Vector2d normal = symmetric_eigen(scatter).vectors.col(0);
  return (normal.transpose() * centred).cwiseAbs().maxCoeff();
}

}  // namespace

template <>
double felt_of_curved_surface(const Grid<1>&, const KilledProcess<1>&, const Eigen::VectorXd&, const Eigen::VectorXd&,
                              double) {
  return 0.0;  // surfaces are nodes
}

template <>
double felt_of_curved_surface(const Grid<2>& grid, const KilledProcess<2>& process, const Eigen::VectorXd& visits,
                              const Eigen::VectorXd& time, double total) {
  constexpr double share_of_largest = 0.01, straight = 0.1;
  const auto cuts = static_cast<Index>(process.cuts.size());
  Eigen::VectorXd weight(cuts);
  for (Index c = 0; c < cuts; ++c) {
    const SurfaceCut<2>& cut = process.cuts[static_cast<std::size_t>(c)];
    weight[c] = visits[cut.state] * cut.exit * time[cut.state] / total;
  }
  const double felt = weight.sum();
  if (cuts == 0 || !(felt > 0.0)) return 0.0;
  const double least = share_of_largest * weight.maxCoeff();
  Eigen::Matrix2Xd places(2, cuts);
  Index counted = 0;
  for (Index c = 0; c < cuts; ++c)
    if (weight[c] > least)
      places.col(counted++) = grid.cell_coordinates(process.cuts[static_cast<std::size_t>(c)].crossing);
  return farthest_from_line(places.leftCols(counted)) > straight ? felt : 0.0;
}

}  // namespace valleyflux
