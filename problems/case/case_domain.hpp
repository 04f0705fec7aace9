#pragma once

#include "grids/box.hpp"
#include "grids/open_axis.hpp"
#include "problems/case/case_reader.hpp"
#include "problems/landscapes/landscape.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

/// The axes of [grid] x, y, z, as far as they are given, by their names; `domain`: of a tabulated landscape, which ends
/// where its data end; of a periodic one any full turn is periodic, a part of it has walls, and more than a turn has to
/// be said by a boundary. Without a table (null) or axes in it they are all open. Throws CaseError.
std::vector<OpenAxis> read_axes(CaseReader* grid, const std::vector<std::string>& names,
                                const std::optional<LandscapeDomain>& domain, const Parameters& parameters,
                                std::vector<std::string>& warnings);

/// The number of axes in [grid] that stand under x, y, z, needed before they can be read (a file may give their ends).
int count_axes(CaseReader grid);

/// [domain] where: a condition on the coordinates and, of a landscape, its height L. Throws CaseError.
Expression read_domain(CaseReader& table, std::vector<std::string> variables, bool has_landscape,
                       const Parameters& parameters);

/// [box]: ends and walls of every coordinate, each a value for all of them or an array.
std::vector<BoxSide> read_box(CaseReader& table);

}  // namespace valleyflux
