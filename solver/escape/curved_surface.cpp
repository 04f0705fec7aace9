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
bool feels_curved_surface(const Grid<1>&, const KilledProcess<1>&, const Eigen::VectorXd&, const Eigen::VectorXd&,
                          double) {
  return false;  // surfaces are nodes
}

template <>
bool feels_curved_surface(const Grid<2>& grid, const KilledProcess<2>& process, const Eigen::VectorXd& visits,
                          const Eigen::VectorXd& time, double total) {
  constexpr double felt = 0.01, share_of_largest = 0.01, straight = 0.1;
  const auto cuts = static_cast<Index>(process.cuts.size());
  Eigen::VectorXd weight(cuts);
  for (Index c = 0; c < cuts; ++c) {
    const SurfaceCut<2>& cut = process.cuts[static_cast<std::size_t>(c)];
    weight[c] = visits[cut.state] * cut.exit * time[cut.state] / total;
  }
  if (cuts == 0 || !(weight.sum() > felt)) return false;
  const double least = share_of_largest * weight.maxCoeff();
  Eigen::Matrix2Xd places(2, cuts);
  Index counted = 0;
  for (Index c = 0; c < cuts; ++c)
    if (weight[c] > least)
      places.col(counted++) = grid.cell_coordinates(process.cuts[static_cast<std::size_t>(c)].crossing);
  return farthest_from_line(places.leftCols(counted)) > straight;
}

}  // namespace valleyflux
