#include "problems/case/case_mobility.hpp"

#include "problems/case/case_tensor.hpp"

#include <fmt/format.h>

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
  return placed(table.place(key), [&] {
    // Symmetry is told by what was written: before anything is multiplied.
    if (mobility && !constant_tensor(entries, dimension)) expression_diffusion(dimension, entries);
    if (mobility)
      for (auto& row : entries)
        for (Expression& entry : row) entry = Expression::constant(*kT, dimension) * entry;
    const auto constant = constant_tensor(entries, dimension);
    return mobile_dynamics(
        drift.landscape(),
        constant ? constant_diffusion(*constant) : expression_diffusion(dimension, std::move(entries)), *kT);
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
