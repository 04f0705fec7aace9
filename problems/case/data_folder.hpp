#pragma once

#include <filesystem>

namespace valleyflux {

/// Where what comes with the library lies: `cases` (with `figures` and `data` in it) and the Python program `plot`.
struct DataFolder {
  std::filesystem::path cases, plot;
};

/// The first of these that is there:
///   the environment variable VALLEYFLUX_DATA, laid out as share/valleyflux is;
///   the source tree, of a program or library that lies in the folder that it was built in;
///   share/valleyflux in the folder of the program or shared library that holds this code, or in one above it: a prefix
///   may be moved, and a Python package may bring its own;
///   the folder that it was meant to be installed into;
///   the source tree.
/// Throws std::invalid_argument where VALLEYFLUX_DATA names no such folder.
DataFolder data_folder();

}  // namespace valleyflux
