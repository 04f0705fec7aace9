#include "problems/case/valley_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace valleyflux {

std::optional<std::string> unfit_valley_name(const std::string& name) {
  constexpr std::size_t longest = 100;
  constexpr unsigned char blank = 0x20, deletion = 0x7F;
  if (name.find_first_not_of(' ') == std::string::npos) return "is empty";
  if (name == "first_exit" || name == "any") return "stands for an escape's target, whichever it is";
  if (name == "none") return "stands for cells that belong to no valley";
  if (name == "outside" || name.ends_with(".min") || name.ends_with(".max"))
    return "stands for an end of escapes that is no valley";
  if (name == "." || name == "..") return "stands for a group in result files";
  if (name.find('/') != std::string::npos) return "holds \"/\", which separates groups in result files";
  if (name.find("->") != std::string::npos) return "holds \"->\", which joins the names of an escape";
  if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < blank || c == deletion; }))
    return "holds a control character";
  if (name.size() > longest) return fmt::format("is longer than {} bytes", longest);
  return std::nullopt;
}

}  // namespace valleyflux
