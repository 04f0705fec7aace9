#pragma once

#include "grids/box.hpp"
#include "grids/open_axis.hpp"
#include "problems/case/toml_text.hpp"
#include "problems/landscapes/landscape_domain.hpp"
#include "problems/tables/table_file.hpp"
#include "problems/units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What [grid], [box] and units.length say of the coordinates before any table is read; variables: the names that the
/// case gives them, if any.
SaidOfAxes said_before_tables(const toml::table& root, const std::vector<std::string>& variables);

/// The same once the landscape and the grid are known, for tables of coefficients: they are periodic where the grid is,
/// and need not be where nothing else is. `domain`: of the landscape's table, where it comes from one.
SaidOfAxes said_by_grid(const SaidOfAxes& before, const std::vector<std::string>& variables, const Units& units,
                        const std::vector<OpenAxis>& axes, const std::vector<BoxSide>& box,
                        const std::optional<LandscapeDomain>& domain);

}  // namespace valleyflux
