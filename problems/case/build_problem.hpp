#pragma once

#include "problems/case/case_file.hpp"
#include "problems/problem.hpp"

namespace valleyflux {

/// Samples landscape and noise on a grid, finds valleys and, where they are not known, critical points. Throws
/// CaseError for what is wrong with the case. Dim must be axes.size().
template <int Dim>
Problem<Dim> build_problem(const Case& definition, Grid<Dim> grid,
                           std::optional<std::vector<CriticalPoint<Dim>>> known);
/// On the grid of the case, which must leave nothing open.
template <int Dim>
Problem<Dim> build_problem(const Case& definition);

/// What [[valley]] says, as make_problem takes it.
template <int Dim>
std::vector<ValleyDefinition<Dim>> valley_definitions(const Case& definition);

extern template Problem<1> build_problem(const Case&, Grid<1>, std::optional<std::vector<CriticalPoint<1>>>);
extern template Problem<2> build_problem(const Case&, Grid<2>, std::optional<std::vector<CriticalPoint<2>>>);
extern template Problem<1> build_problem(const Case&);
extern template Problem<2> build_problem(const Case&);
extern template std::vector<ValleyDefinition<1>> valley_definitions(const Case&);
extern template std::vector<ValleyDefinition<2>> valley_definitions(const Case&);

}  // namespace valleyflux
