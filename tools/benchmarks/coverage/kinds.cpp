#include "tools/benchmarks/coverage/kinds.hpp"

#include "tools/benchmarks/coverage/line_cases.hpp"
#include "tools/benchmarks/coverage/line_shapes.hpp"
#include "tools/benchmarks/coverage/line_truth.hpp"
#include "tools/benchmarks/coverage/particle_cases.hpp"
#include "tools/benchmarks/coverage/plane_cases.hpp"
#include "tools/benchmarks/coverage/vanishing_cases.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux::coverage {

namespace {

struct Kind {
  const char* name;
  CoveredCase (*draw)(Random&);
};

constexpr Kind kinds[] = {{"line", line_case},           {"ring", ring_case},
                          {"vanishing", vanishing_case}, {"separable", separable_case},
                          {"sheared", sheared_case},     {"ornstein_uhlenbeck", ornstein_uhlenbeck_case},
                          {"langevin", langevin_case},   {"splitting", splitting_case},
                          {"chain", chain_case},         {"disc", disc_case}};

}  // namespace

const std::vector<std::string>& kind_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& kind : kinds) all.emplace_back(kind.name);
    return all;
  }();
  return names;
}

CoveredCase make_case(const std::string& kind, std::uint64_t seed, int number) {
  const auto& names = kind_names();
  const auto found = std::find(names.begin(), names.end(), kind);
  if (found == names.end())
    throw std::invalid_argument(fmt::format("unknown kind \"{}\": {}", kind, fmt::join(names, ", ")));
  const auto index = static_cast<std::uint64_t>(found - names.begin());
  Random random(seed, index, static_cast<std::uint64_t>(number));
  constexpr int tries = 1000;
  for (int k = 0; k < tries; ++k) {
    try {
      CoveredCase made = kinds[index].draw(random);
      made.kind = kind;
      made.number = number;
      made.toml = fmt::format("title = \"{} {} of seed {}\"\n", kind, number, seed) + made.toml;
      return made;
    } catch (const Unfit&) {
    } catch (const TruthError&) {
    }
  }
  throw std::logic_error("no problem of this kind comes out as wanted");
}

}  // namespace valleyflux::coverage
