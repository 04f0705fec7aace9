#pragma once

#include "output/datasets.hpp"
#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Writes every field of fields.hpp that a result file holds: valleys, estimates and paths as datasets over a scale of
/// their own, of what there is one of, numbers over the scale `whole`, vectors and matrices over theirs; what is
/// missing is NaN, and arrays that are empty are left out. The accuracy is told by attributes. coordinates: names of
/// those that points of valleys, saddles and places have; axes: of the grid. The scale `valley` must be there.
void write_results(Datasets& file, const Results& results, const std::vector<std::string>& coordinates,
                   const std::vector<std::string>& axes);

}  // namespace valleyflux
