#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// hid_t is std::int64_t and hsize_t unsigned long long: this header does not ask for HDF5's own.

/// The text of an attribute that is open; empty unless it is one text of any length, as results have them.
std::string attached_text(std::int64_t attribute);
/// The same of an attribute of an object by its name, and its numbers; empty where it has no such.
std::string attached_text(std::int64_t object, const std::string& name);
std::vector<double> attached_numbers(std::int64_t object, const std::string& name);

/// Sizes of a dataset along its axes.
std::vector<unsigned long long> sizes_of(std::int64_t dataset);

/// Numbers that one read may bring: sizes are claims of a file's head.
inline constexpr unsigned long long most_read = 1ULL << 28;

/// Texts of any length in a dataset of one axis; nothing where it holds no such, or claims to hold more than most_read.
std::optional<std::vector<std::string>> texts_in(std::int64_t dataset);

/// Names of what hangs on a file's root, in ascending order.
std::vector<std::string> names_in(std::int64_t file);

}  // namespace valleyflux
