#pragma once

#include <optional>
#include <string>

namespace valleyflux {

/// Why a valley cannot have this name ("has a meaning of its own", say); nothing if it can. Names become part of the
/// names of datasets, where "/" would lead into another group.
std::optional<std::string> unfit_valley_name(const std::string& name);

}  // namespace valleyflux
