#pragma once

#include "grids/axis.hpp"
#include "grids/box.hpp"
#include "problems/case/case_reader.hpp"
#include "problems/landscapes/landscape.hpp"

namespace valleyflux {

/// Reads the axes of [grid]; `domain`: of a tabulated landscape, which says what is left out. Throws CaseError.
std::vector<Axis> read_axes(CaseReader& grid, const std::optional<LandscapeDomain>& domain);

/// The number of axes, needed before the axes can be read (a file may give their ends).
int count_axes(CaseReader grid);

/// [domain] where: a condition on the coordinates and, of a landscape, its height L. Throws CaseError.
Expression read_domain(CaseReader& table, std::vector<std::string> variables, bool has_landscape,
                       const Parameters& parameters);

/// [box]: ends and walls of every coordinate, each a value for all of them or an array.
std::vector<BoxSide> read_box(CaseReader& table);

}  // namespace valleyflux
