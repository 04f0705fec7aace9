#pragma once

#include "problems/landscapes/tabulated_landscape.hpp"

#include <filesystem>
#include <string>

namespace valleyflux {

/// Reads a PLUMED grid ("#! FIELDS", "#! SET min_.. max_.. nbins_.. periodic_..") of one or two variables: axes from
/// the header (columns are rounded), first variable fastest, numbers may be multiples of pi, unsampled points inf or
/// nan. `quantity`: the column; default file.free, else the first that is neither a variable nor a derivative. Throws
/// std::invalid_argument, the message starting with "FILE:LINE: ".
TabulatedValues read_plumed_grid(const std::filesystem::path& file, const std::string& quantity = "");

}  // namespace valleyflux
