#include "problems/case/case_tensor.hpp"

#include "problems/case/case_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace valleyflux {

std::vector<std::vector<Expression>> read_tensor(CaseReader& table, const std::string& key, int dimension,
                                                 const Parameters& parameters) {
  const auto d = static_cast<std::size_t>(dimension);
  const auto entry = [&](const toml::node& node) {
    return read_entry(table, node, key, dimension, parameters, TableFunction::Shape::bounded);
  };
  const toml::node& node = *table.find(key);
  const toml::array* given = node.as_array();
  if (!given) return {{entry(node)}};
  const bool rows = std::all_of(given->begin(), given->end(),
                                [&](const toml::node& row) { return row.is_array() && row.as_array()->size() == d; });
  const bool diagonal =
      std::none_of(given->begin(), given->end(), [](const toml::node& part) { return part.is_array(); });
  if (given->size() != d || !(rows || diagonal))
    table.fail(key, fmt::format("{0} must be one number, expression or table, {1} along the axes, or {1} rows of {1}",
                                table.name(key), d));
  std::vector<std::vector<Expression>> entries(d, std::vector<Expression>(d, Expression::constant(0.0, dimension)));
  for (std::size_t i = 0; i < d; ++i) {
    if (diagonal) entries[i][i] = entry(*given->get(i));
    for (std::size_t j = 0; j < d && rows; ++j) entries[i][j] = entry(*given->get(i)->as_array()->get(j));
  }
  return entries;
}

std::optional<Eigen::MatrixXd> constant_tensor(const std::vector<std::vector<Expression>>& entries, int dimension) {
  Eigen::MatrixXd tensor = Eigen::MatrixXd::Zero(dimension, dimension);
  const Eigen::VectorXd anywhere = Eigen::VectorXd::Zero(dimension);
  for (int i = 0; i < dimension; ++i)
    for (int j = 0; j < dimension; ++j) {
      if (entries.size() == 1 && i != j) continue;
      const Expression& entry =
          entries.size() == 1 ? entries[0][0] : entries[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      if (!entry.is_constant()) return std::nullopt;
      tensor(i, j) = entry(anywhere);
    }
  return tensor;
}

}  // namespace valleyflux
