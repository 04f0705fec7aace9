#pragma once

#include "problems/case/case_file.hpp"

namespace valleyflux {

/// The part of a grid's box that [domain] keeps and the landscape has data for: in the plane the same axes over fewer
/// cells, on the line the axis between the ends of that part, with cells of about the same size. New ends reflect.
/// Throws std::invalid_argument where no cell is left, or where the part falls into several.
template <int Dim>
Grid<Dim> domain_part(const Case& definition, const Grid<Dim>& box);

extern template Grid<1> domain_part(const Case&, const Grid<1>&);
extern template Grid<2> domain_part(const Case&, const Grid<2>&);

}  // namespace valleyflux
