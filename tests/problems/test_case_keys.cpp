#include "problems/case/case_keys.hpp"

#include "problems/case/case_file.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/losses/losses.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

using namespace valleyflux;

namespace {

/// The default of a key as its description has it, up to "; ...".
double described_standard(std::string_view table, std::string_view name) {
  const auto keys = case_keys();
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const CaseKey& key) { return key.table == table && key.name == name; });
  REQUIRE(found != keys.end());
  return std::stod(std::string(found->standard));
}

}  // namespace

TEST_CASE("every key of the case file is described once and stands in a table that is described") {
  std::set<std::pair<std::string_view, std::string_view>> names;
  std::set<std::string_view> tables, with_keys;
  for (const CaseTable& table : case_tables()) {
    CAPTURE(table.name);
    CHECK(tables.insert(table.name).second);
    CHECK_FALSE(table.meaning.empty());
  }
  for (const CaseKey& key : case_keys()) {
    CAPTURE(key.table);
    CAPTURE(key.name);
    CHECK(names.emplace(key.table, key.name).second);
    CHECK(tables.contains(key.table));
    CHECK_FALSE(key.values.empty());
    CHECK_FALSE(key.meaning.empty());
    with_keys.insert(key.table);
  }
  CHECK(with_keys == tables);
}

TEST_CASE("defaults of keys are described as cases have them") {
  const Case standard;
  const CaseEvolve evolve;
  const SgdDiffusionOptions sgd;
  CHECK(described_standard("evolve", "frames") == evolve.frames);
  CHECK(described_standard("langevin", "particles") == standard.particles.particles);
  CHECK(described_standard("langevin", "seed") == standard.particles.seed);
  CHECK(described_standard("langevin", "replicas") == standard.particles.replicas);
  CHECK(described_standard("langevin", "runs") == standard.particles.runs);
  CHECK(described_standard("accuracy", "relative") == standard.accuracy.relative);
  CHECK(described_standard("accuracy", "memory") * 1e9 == standard.accuracy.memory);
  CHECK(described_standard("theory", "s") == standard.theorem_s);
  CHECK(described_standard("solver", "grids") == standard.grids);
  CHECK(described_standard("solver", "modes") == standard.modes);
  CHECK(described_standard("valleys", "depth") == standard.valley_depth);
  CHECK(described_standard("diffusion", "batch_size") == sgd.batch_size);
  CHECK(described_standard("diffusion", "injected") == sgd.injected);
  CHECK(described_standard("loss", "depth") == NetworkShape{}.depth);
  CHECK(described_standard("loss", "width") == NetworkShape{}.width);
  CHECK(described_standard("loss", "k") == CaseLoss{}.k);
  CHECK(described_standard("start", "scale") == CaseLoss{}.start_scale);
  CHECK(described_standard("valley", "scale") == CaseLoss{}.valley_scale);
}
