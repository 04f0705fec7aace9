#pragma once

#include <span>
#include <string>
#include <string_view>

namespace valleyflux {

/// A key of the case file: what check for unknown keys, `valleyflux list keys` and docs/case-file.md are made from.
struct CaseKey {
  std::string_view table;     // "diffusion"; "grid.*": of tables of any name in [grid]; "": of the file itself
  std::string_view name;      // "*": of any name
  std::string_view values;    // what it takes
  std::string_view standard;  // what stands for it where it is omitted; "needed"; "": nothing then
  std::string_view meaning;
};

/// All keys, those of a table together.
std::span<const CaseKey> case_keys();

/// "diffusion.D"; of the file itself the key alone.
std::string full_name(const CaseKey& key);

/// Whether a name is that of a key or table, any name standing where these have a *: "grid.phi.cells" of
/// "grid.*.cells".
bool stands_for(std::string_view known, std::string_view name);

/// A table of the case file.
struct CaseTable {
  std::string_view name;     // as CaseKey::table
  std::string_view heading;  // as it is written: "[grid] x = { ... }", "[[valley]]"
  std::string_view meaning;
};

/// In the order in which a case file is read best.
std::span<const CaseTable> case_tables();

}  // namespace valleyflux
