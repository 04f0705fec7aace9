#pragma once

#include "grids/point.hpp"

#include <array>

namespace valleyflux {

/// One term of a tensor's decomposition over the integer lattice: weight * offset offset^T.
template <int Dim>
struct SellingTerm {
  Offset<Dim> offset = Offset<Dim>::Zero();  // first non-zero coordinate counted from the last axis is positive
  double weight = 0.0;                       // >= 0
};

template <int Dim>
using SellingTerms = std::array<SellingTerm<Dim>, static_cast<std::size_t>(Dim*(Dim + 1) / 2)>;

/// Selling decomposition D = sum_k weight_k offset_k offset_k^T of a symmetric positive definite tensor, from a
/// superbase made obtuse by Selling's algorithm (Conway & Sloane 1992; Fehrenbach & Mirebeau 2014). The offsets grow
/// like the square root of the anisotropy. Throws std::invalid_argument if D is not positive definite.
template <int Dim>
SellingTerms<Dim> selling_decomposition(const Tensor<Dim>& tensor);

template <>
SellingTerms<2> selling_decomposition(const Tensor<2>& tensor);

}  // namespace valleyflux
