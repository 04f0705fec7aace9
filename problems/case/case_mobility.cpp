#include "problems/case/case_mobility.hpp"

#include "problems/case/case_tensor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace valleyflux {

Dynamics read_mobility(CaseReader& table, int dimension, const Drift& drift, const Parameters& parameters) {
  if (!drift.landscape())
    table.fail("model", "diffusion.model = \"mobility\" needs a [landscape]: the drift is -M grad L");
  const std::string interpretation = table.text("interpretation").value_or("isothermal");
  if (interpretation != "isothermal")
    table.fail(
        "interpretation",
        fmt::format("diffusion.model = \"mobility\" is isothermal: in another interpretation the law would not be "
                    "exp(-L / kT) (got \"{}\")",
                    interpretation));
  const auto kT = table.positive_quantity("kT", parameters);
  if (!kT) table.fail("", fmt::format("{} is missing", table.name("kT")));
  const bool mobility = table.find("mobility") != nullptr, diffusion = table.find("D") != nullptr;
  if (mobility == diffusion)
    table.fail("", "diffusion.model = \"mobility\" needs exactly one of diffusion.mobility, diffusion.D");
  const std::string key = mobility ? "mobility" : "D";
  auto entries = read_tensor(table, key, dimension, parameters);
  const auto is_constant = [](const Expression& entry) { return entry.is_constant(); };
  const bool constant = std::all_of(entries.begin(), entries.end(),
                                    [&](const auto& row) { return std::all_of(row.begin(), row.end(), is_constant); });
  return placed(table.place(key), [&] {
    // Symmetry is told by what was written: before anything is multiplied.
    if (mobility && !constant) expression_diffusion(dimension, entries);
    if (mobility)
      for (auto& row : entries)
        for (Expression& entry : row) entry = Expression::constant(*kT, dimension) * entry;
    if (!constant) return mobile_dynamics(drift.landscape(), expression_diffusion(dimension, std::move(entries)), *kT);
    Eigen::MatrixXd tensor(dimension, dimension);
    const Eigen::VectorXd anywhere = Eigen::VectorXd::Zero(dimension);
    for (int i = 0; i < dimension; ++i)
      for (int j = 0; j < dimension; ++j) {
        const bool scalar = entries.size() == 1;
        tensor(i, j) = scalar ? (i == j ? entries[0][0](anywhere) : 0.0)
                              : entries[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)](anywhere);
      }
    return mobile_dynamics(drift.landscape(), constant_diffusion(tensor), *kT);
  });
}

std::optional<std::string> warning_of_other_law(const Dynamics& dynamics, bool interpretation_given) {
  const bool varies = !dynamics.diffusion->constant();
  const bool chosen = interpretation_given && dynamics.interpretation != Interpretation::isothermal;
  if (!dynamics.drift.landscape() || boltzmann_law(dynamics) || (varies && chosen)) return std::nullopt;
  return fmt::format(
      "the stationary law is not Boltzmann's, exp(-L / kT): D {}, and the drift is -grad L; for a drift -M grad L with "
      "D = kT M give diffusion.model = \"mobility\"",
      varies ? "varies" : "is not the same in all directions");
}

}  // namespace valleyflux
