#include "problems/expressions/given_shape.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

Eigen::MatrixXd given_shape(Eigen::MatrixXd matrix, Eigen::Index rows, Eigen::Index columns, const char* what) {
  if (matrix.rows() == rows && matrix.cols() == columns) return matrix;
  throw std::invalid_argument(
      fmt::format("{} must be {} x {} (got {} x {})", what, rows, columns, matrix.rows(), matrix.cols()));
}

void require_coordinates(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::Index rows, const char* what) {
  if (points.rows() != rows)
    throw std::invalid_argument(
        fmt::format("{} of {} variables got points of {} coordinates", what, rows, points.rows()));
}

}  // namespace valleyflux
