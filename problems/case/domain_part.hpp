#pragma once

#include "problems/case/case_file.hpp"

namespace valleyflux {

/// A point between the ends that the case gives the axes it makes periodic: what it tells of places (where, core,
/// initial densities) is asked there. A domain that crosses a seam of the line goes on beyond it.
template <int Dim>
Point<Dim> within_periods(const std::vector<OpenAxis>& given, Point<Dim> x);

/// Where a condition of the case holds.
template <int Dim>
Region<Dim> region_of(const Case& definition, const Expression& where);

/// Whether a point belongs to what [domain] keeps and the landscape has data for; empty where that is all of the box.
template <int Dim>
typename Grid<Dim>::Domain domain_of(const Case& definition);

/// The part of a grid's box that [domain] keeps and the landscape has data for: in the plane the same axes over fewer
/// cells, on the line the axis between the ends of that part, with cells of about the same size. New ends reflect. A
/// part that crosses the seam of a periodic axis goes on beyond its upper end. Throws std::invalid_argument where no
/// cell is left, or where the part falls into several.
template <int Dim>
Grid<Dim> domain_part(const Case& definition, const Grid<Dim>& box);

extern template Point<1> within_periods(const std::vector<OpenAxis>&, Point<1>);
extern template Point<2> within_periods(const std::vector<OpenAxis>&, Point<2>);
extern template Region<1> region_of(const Case&, const Expression&);
extern template Region<2> region_of(const Case&, const Expression&);
extern template Grid<1>::Domain domain_of<1>(const Case&);
extern template Grid<2>::Domain domain_of<2>(const Case&);
extern template Grid<1> domain_part(const Case&, const Grid<1>&);
extern template Grid<2> domain_part(const Case&, const Grid<2>&);

}  // namespace valleyflux
