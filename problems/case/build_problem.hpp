#pragma once

#include "problems/case/case_file.hpp"
#include "problems/problem.hpp"

namespace valleyflux {

/// Samples landscape and noise on the grid, finds critical points and valleys. Throws CaseError for what is wrong
/// with the case. Dim must be axes.size().
template <int Dim>
Problem<Dim> build_problem(const Case& definition);

extern template Problem<1> build_problem(const Case&);
extern template Problem<2> build_problem(const Case&);

}  // namespace valleyflux
