#pragma once

#include <optional>
#include <string>

namespace valleyflux {

/// A warning about the rate of one escape by one method. Among the warnings of Results it stands as a text,
/// "left -> right by flux: what is to be said".
struct EscapeWarning {
  std::string escape, method, text;
};

std::string to_text(const EscapeWarning& warning);

/// The warning that such a text is; nothing for what is said of the whole run.
std::optional<EscapeWarning> escape_warning(const std::string& text);

}  // namespace valleyflux
