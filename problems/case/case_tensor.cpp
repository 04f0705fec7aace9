#include "problems/case/case_tensor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux {

std::vector<std::vector<Expression>> read_tensor(CaseReader& table, const std::string& key, int dimension,
                                                 const Parameters& parameters) {
  const auto d = static_cast<std::size_t>(dimension);
  const std::vector<std::string> variables = variable_names(dimension);
  const auto entry = [&](const toml::node& node) {
    if (!node.is_number()) return table.expression(node, key, variables, parameters);
    const double value = *node.value<double>();
    if (!std::isfinite(value)) table.fail(key, fmt::format("{} must be finite (got {})", table.name(key), value));
    return Expression::constant(value, dimension);
  };
  const toml::node& node = *table.find(key);
  const toml::array* given = node.as_array();
  if (!given) return {{entry(node)}};
  const bool rows = std::all_of(given->begin(), given->end(),
                                [&](const toml::node& row) { return row.is_array() && row.as_array()->size() == d; });
  const bool diagonal =
      std::none_of(given->begin(), given->end(), [](const toml::node& part) { return part.is_array(); });
  if (given->size() != d || !(rows || diagonal))
    table.fail(key, fmt::format("{0} must be one number or expression, {1} along the axes, or {1} rows of {1}",
                                table.name(key), d));
  std::vector<std::vector<Expression>> entries(d, std::vector<Expression>(d, Expression::constant(0.0, dimension)));
  for (std::size_t i = 0; i < d; ++i) {
    if (diagonal) entries[i][i] = entry(*given->get(i));
    for (std::size_t j = 0; j < d && rows; ++j) entries[i][j] = entry(*given->get(i)->as_array()->get(j));
  }
  return entries;
}

}  // namespace valleyflux
