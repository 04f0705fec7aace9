#pragma once

// Some malformed input ("[[[") trips toml++'s assertions before it is reported as an error; without them it is.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include <filesystem>
#include <string>

namespace valleyflux {

/// All of a case's file. Throws CaseError where it is no regular file (what waits for a writer or never ends is not
/// read), cannot be opened, or is larger than any case.
std::string text_of_file(const std::filesystem::path& file);

/// A TOML text. Throws CaseError with the place of what is no UTF-8, nested too deeply, or no TOML.
toml::table parsed_toml(const std::string& text, const std::string& file);

}  // namespace valleyflux
