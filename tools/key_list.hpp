#pragma once

#include <string>
#include <vector>

namespace valleyflux {

/// Keys of the case file by table, as `valleyflux list` shows them: "keys" for all, else those of a table
/// ("diffusion", "grid.x") or one key ("diffusion.eta", "grid.x.cells"); empty where nothing is called so.
std::string keys_text(const std::string& name);

/// All names that keys_text knows.
std::vector<std::string> key_names();

}  // namespace valleyflux
