#pragma once

#include "tools/program_help.hpp"

#include <string>

namespace valleyflux {

/// The script that completes commands, options, ready cases and files in a shell: "bash", "zsh" or "fish". Throws
/// std::invalid_argument for others.
std::string completion_script(const ProgramHelp& help, const std::string& shell);

}  // namespace valleyflux
