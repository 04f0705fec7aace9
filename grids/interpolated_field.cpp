#include "grids/interpolated_field.hpp"

#include "grids/beside_domain.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace valleyflux {

template <int Dim>
InterpolatedField<Dim>::InterpolatedField(Grid<Dim> grid, Eigen::VectorXd values)
    : grid_(std::move(grid)), values_(std::move(values)) {
  if (values_.size() != grid_.cells()) throw std::invalid_argument("a field needs one value for each cell");
}

template <int Dim>
double InterpolatedField<Dim>::operator()(const Point<Dim>& x) const {
  Offset<Dim> first;
  Point<Dim> fraction;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid_.axis(k);
    const double coordinate = axis.cell_coordinate(x[k]);
    const double low = std::clamp(std::floor(coordinate), axis.periodic() ? -1.0 : 0.0,
                                  static_cast<double>(axis.cells()) - (axis.periodic() ? 1.0 : 2.0));
    first[k] = static_cast<int>(low);
    fraction[k] = coordinate - low;
  }
  double value = 0.0;
  for (int corner = 0; corner < 1 << Dim; ++corner) {
    Index number = 0;
    double weight = 1.0;
    for (int k = Dim - 1; k >= 0; --k) {
      const bool upper = corner >> k & 1;
      const auto n = static_cast<int>(grid_.axis(k).cells());
      const int cell = first[k] + upper;
      number = number * n + (cell < 0 ? cell + n : cell >= n ? cell - n : cell);
      weight *= upper ? fraction[k] : 1.0 - fraction[k];
    }
    value += weight * values_[number];
  }
  return value;
}

template <int Dim>
void continue_beyond_domain(const Grid<Dim>& grid, Eigen::VectorXd& values) {
  for_each_beside_domain(grid, [&values](Index outside, Index inside) { values[outside] = values[inside]; });
}

template void continue_beyond_domain(const Grid<1>&, Eigen::VectorXd&);
template void continue_beyond_domain(const Grid<2>&, Eigen::VectorXd&);
template class InterpolatedField<1>;
template class InterpolatedField<2>;

}  // namespace valleyflux
