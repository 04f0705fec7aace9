#pragma once

#include <hdf5.h>

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// The text of an attribute that is open; empty unless it is one text of any length, as results have them.
std::string attached_text(hid_t attribute);
/// The same of an attribute of an object by its name, and its numbers; empty where it has no such.
std::string attached_text(hid_t object, const std::string& name);
std::vector<double> attached_numbers(hid_t object, const std::string& name);

/// Sizes of a dataset along its axes.
std::vector<hsize_t> sizes_of(hid_t dataset);

/// Numbers that one read may bring: sizes are claims of a file's head.
inline constexpr hsize_t most_read = hsize_t{1} << 28;

/// Texts of any length in a dataset of one axis; nothing where it holds no such, or claims to hold more than most_read.
std::optional<std::vector<std::string>> texts_in(hid_t dataset);

/// Names of what hangs on a file's root, in ascending order.
std::vector<std::string> names_in(hid_t file);

}  // namespace valleyflux
