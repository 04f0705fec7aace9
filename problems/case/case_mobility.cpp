#include "problems/case/case_mobility.hpp"

#include "problems/case/case_tensor.hpp"
#include "problems/case/case_units.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace valleyflux {

namespace {

/// A number, an expression, or "2.494 kJ/mol".
double read_kT(CaseReader& table, const Parameters& parameters, const std::string& unit) {
  const auto text = table.find("kT") ? table.find("kT")->value_exact<std::string>() : std::nullopt;
  const std::size_t letters = text ? text->find_first_not_of("0123456789.eE+- ") : std::string::npos;
  const bool with_unit = letters != std::string::npos && letters > 0 && (*text)[letters - 1] == ' ' &&
                         std::isalpha(static_cast<unsigned char>((*text)[letters])) != 0;
  if (with_unit && unit.empty())
    table.fail("kT", fmt::format("{} with a unit needs units.energy, the unit of the landscape (got \"{}\")",
                                 table.name("kT"), *text));
  const auto kT = with_unit ? std::optional(read_energy(table, "kT", unit)) : table.quantity("kT", parameters);
  if (!kT) table.fail_without("kT");
  if (!(*kT > 0)) table.fail("kT", fmt::format("{} must be positive (got {})", table.name("kT"), *kT));
  return *kT;
}

}  // namespace

Dynamics read_mobility(CaseReader& table, int dimension, const Drift& drift, const Parameters& parameters,
                       Case& result) {
  if (!drift.landscape())
    table.fail("model", "diffusion.model = \"mobility\" needs a [landscape]: the drift is -M grad L");
  const std::string interpretation = table.text("interpretation").value_or("isothermal");
  if (interpretation != "isothermal")
    table.fail(
        "interpretation",
        fmt::format("diffusion.model = \"mobility\" is isothermal: in another interpretation the law would not be "
                    "exp(-L / kT) (got \"{}\")",
                    interpretation));
  const double kT = read_kT(table, parameters, result.units.energy);
  if (auto doubt = doubt_of_temperature(kT, result.units.energy)) result.warnings.push_back(std::move(*doubt));
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
        for (Expression& entry : row) entry = Expression::constant(kT, dimension) * entry;
    const auto constant = constant_tensor(entries, dimension);
    return mobile_dynamics(
        drift.landscape(),
        constant ? constant_diffusion(*constant) : expression_diffusion(dimension, std::move(entries)), kT);
  });
}

namespace {

/// Of noise that is the same everywhere.
bool has_noise(const DiffusionModel& diffusion) {
  DiffusionSamples samples;
  diffusion.sample(Eigen::VectorXd::Zero(diffusion.dimension()), false, samples);
  return !samples.tensor.isZero(0.0);
}

}  // namespace

std::optional<std::string> warning_of_other_law(const Dynamics& dynamics, bool interpretation_given) {
  const bool varies = !dynamics.diffusion->constant();
  if (!varies && !has_noise(*dynamics.diffusion)) return std::nullopt;  // nor any other: it is refused
  const bool chosen = interpretation_given && dynamics.interpretation != Interpretation::isothermal;
  if (!dynamics.drift.landscape() || boltzmann_law(dynamics) || (varies && chosen)) return std::nullopt;
  return fmt::format(
      "the stationary law is not Boltzmann's, exp(-L / kT): D {}, and the drift is -grad L; for a drift -M grad L with "
      "D = kT M give diffusion.model = \"mobility\"",
      varies ? "varies" : "is not the same in all directions");
}

}  // namespace valleyflux
