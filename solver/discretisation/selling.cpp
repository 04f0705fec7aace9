#include "solver/discretisation/selling.hpp"

#include <fmt/format.h>

#include <Eigen/LU>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Of e and -e, the one that points to a later cell.
template <int Dim>
Offset<Dim> pointing_forward(const Offset<Dim>& offset) {
  for (int k = Dim - 1; k >= 0; --k)
    if (offset[k] != 0) return offset[k] > 0 ? offset : Offset<Dim>(-offset);
  return offset;
}

}  // namespace

template <>
SellingTerms<2> selling_decomposition(const Tensor<2>& tensor) {
  if (!(tensor(0, 0) > 0 && tensor(1, 1) > 0 && tensor.determinant() > 0))
    throw std::invalid_argument(fmt::format("D = [[{}, {}], [{}, {}]] is not positive definite", tensor(0, 0),
                                            tensor(0, 1), tensor(1, 0), tensor(1, 1)));
  std::array<Eigen::Vector2i, 3> base{Eigen::Vector2i(1, 0), Eigen::Vector2i(0, 1), Eigen::Vector2i(-1, -1)};
  const auto product = [&](const Eigen::Vector2i& a, const Eigen::Vector2i& b) {
    return a.cast<double>().dot(tensor * b.cast<double>());
  };
  // Products within round-off of zero count as obtuse: flipping them back and forth would never end.
  const double zero = 1e-15 * tensor.trace();
  constexpr int flip_limit = 200;
  bool obtuse = false;
  for (int flips = 0; !obtuse && flips < flip_limit; ++flips) {
    obtuse = true;
    for (std::size_t k = 0; k < 3 && obtuse; ++k) {
      const Eigen::Vector2i a = base[(k + 1) % 3], b = base[(k + 2) % 3];
      if (product(a, b) > zero) {
        base = {Eigen::Vector2i(-a), b, Eigen::Vector2i(a - b)};
        obtuse = false;
      }
    }
  }
  if (!obtuse)
    throw std::invalid_argument(fmt::format("D = [[{}, {}], [{}, {}]] is too anisotropic to decompose", tensor(0, 0),
                                            tensor(0, 1), tensor(1, 0), tensor(1, 1)));
  SellingTerms<2> terms;
  for (std::size_t k = 0; k < 3; ++k) {
    const Eigen::Vector2i perpendicular(-base[k][1], base[k][0]);
    terms[k] = {pointing_forward<2>(perpendicular), std::max(0.0, -product(base[(k + 1) % 3], base[(k + 2) % 3]))};
  }
  return terms;
}

}  // namespace valleyflux
