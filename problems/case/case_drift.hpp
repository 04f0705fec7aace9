#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/case/case_units.hpp"
#include "problems/dynamics/drift.hpp"
#include "problems/landscapes/landscape.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"

namespace valleyflux {

/// Where the table of a landscape has data, and what it calls its axes.
struct TableDomain {
  std::optional<LandscapeDomain> domain;
  std::vector<std::string> axis_names;
  UnitsOfFile units = {};
  TabulatedLandscape::Largest largest = {};
};

/// Reads [landscape] or [drift]; dimension: nothing where a table tells it. Of a tabulated landscape `domain` says
/// where it is known; warnings of its file are left in the case. Throws CaseError.
Drift read_drift(CaseReader& root, std::optional<int> dimension, const Parameters& parameters, Case& result,
                 TableDomain& domain);

/// Where a drift has data whose components are all tables or constant; periodic along an axis where all tables are.
/// Nothing for other drifts. Read before any other table.
std::optional<LandscapeDomain> domain_of_drift(const CaseReader& root);

}  // namespace valleyflux
