#pragma once

namespace valleyflux {

/// The library's version: "0.3.0".
const char* version();

/// The commit that it was built from, "1ce20256d3ab", with "-dirty" behind it where tracked files had been changed;
/// empty where it was not built in its own repository.
const char* commit();

}  // namespace valleyflux
