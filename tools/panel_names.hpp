#pragma once

#include <cstddef>
#include <string>

namespace valleyflux {

/// What is wrong with the names of panels of a result ("landscape,committor:left-right,rates"), as far as that is known
/// before there is one; empty where nothing is. Which of them a result has, tools/plot says. axes: of its grid, 0 where
/// there is none.
std::string fault_of_panels(const std::string& names, std::size_t axes);

}  // namespace valleyflux
