#include "tools/benchmarks/coverage/case_text.hpp"

#include <fmt/format.h>

namespace valleyflux::coverage {

std::string axis_text(const std::string& name, double min, double max, Index cells, Boundary lower, Boundary upper,
                      const std::optional<Grading>& grading) {
  const std::string boundary = lower == upper ? fmt::format("\"{}\"", name_of(lower))
                                              : fmt::format("[\"{}\", \"{}\"]", name_of(lower), name_of(upper));
  const std::string graded = grading ? fmt::format(", grading = {{ centre = {}, width = {} }}", digits(grading->centre),
                                                   digits(grading->width))
                                     : "";
  return fmt::format("{} = {{ min = {}, max = {}, cells = {}, boundary = {}{} }}\n", name, digits(min), digits(max),
                     cells, boundary, graded);
}

std::string valley_text(const std::string& name, const std::string& where, const std::string& core) {
  return fmt::format("[[valley]]\nname = \"{}\"\nwhere = \"{}\"\n{}", name, where,
                     core.empty() ? "" : fmt::format("core = \"{}\"\n", core));
}

std::string escape_text(const std::string& from, const std::string& to, const std::vector<std::string>& methods) {
  std::string names;
  for (const std::string& method : methods) names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", method);
  return fmt::format("[[escape]]\nfrom = \"{}\"\nto = \"{}\"\nmethods = [{}]\n", from, to, names);
}

std::string escapes_alone() {
  return "[solver]\nmodes = 0\nnetwork = false\n[theory]\npaths = false\n";
}

std::string between(const std::string& u, double low, double high) {
  return fmt::format("{} > {} && {} < {}", u, digits(low), u, digits(high));
}

}  // namespace valleyflux::coverage
