#pragma once

#include "tools/program_help.hpp"

#include <string>

namespace valleyflux {

/// The program's manual page (section 1) for man, in the macros of man(7).
std::string manual_page(const ProgramHelp& help);

}  // namespace valleyflux
