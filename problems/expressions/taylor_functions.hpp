#pragma once

#include "problems/expressions/operation.hpp"
#include "problems/expressions/taylor.hpp"
#include "problems/tables/table_function.hpp"

#include <cstddef>

namespace valleyflux {

/// Functions of Taylor polynomials (blocks of points, taylor.hpp), each in the place of its first argument. `scratch`
/// holds taylor_scratch blocks.
inline constexpr std::size_t taylor_scratch = 4;

/// a becomes a function of one argument of it, those of Operation and `divide` for 1 / a; `exponent`: of real_power.
/// Throws std::logic_error for others.
void apply_function(const TaylorBasis& basis, Operation operation, double exponent, double* a, double* scratch);

/// a becomes a b.
void multiply_in_place(const TaylorBasis& basis, double* a, const double* b, double* scratch);

/// a becomes a^n, by repeated multiplication (exact at zero and for negative numbers).
void integer_power(const TaylorBasis& basis, int n, double* a, double* scratch);

/// a becomes the angle of the vector (b, a); b is changed.
void angle(const TaylorBasis& basis, double* a, double* b, double* scratch);

/// a becomes the table at a, or at (a, b), where b is not null; b is changed.
void apply_table(const TaylorBasis& basis, const TableFunction& table, double* a, double* b, double* scratch);

}  // namespace valleyflux
