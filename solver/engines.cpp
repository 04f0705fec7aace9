#include "solver/engines.hpp"

#include "solver/elimination/elimination.hpp"
#include "solver/memory_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace valleyflux {

EngineName engine_named(std::string_view name) {
  if (name == "automatic") return EngineName::automatic;
  if (name == "elimination") return EngineName::elimination;
  if (name == "multilevel") return EngineName::multilevel;
  throw std::invalid_argument(
      fmt::format("there is no engine \"{}\" (engines: automatic, elimination, multilevel)", name));
}

bool takes_multilevel(EngineName engine, int dimension, double cells, double memory) {
  constexpr double large = 1024.0 * 1024.0;
  if (dimension == 1 || engine == EngineName::elimination) return false;
  return engine == EngineName::multilevel || (cells > large && memory_estimate(dimension, cells) > memory);
}

Engines::Engines(EngineName engine, int dimension, double cells, double memory, std::shared_ptr<EngineReport> report)
    : multilevel_(takes_multilevel(engine, dimension, cells, memory)), memory_(memory), report_(std::move(report)) {}

MultilevelHooks multilevel_hooks(double memory, const std::shared_ptr<EngineReport>& report) {
  MultilevelHooks hooks;
  hooks.solved = [report](const MultilevelRecord& of_solve) {
    if (!report) return;
    report->solves += of_solve.solves;
    report->most_cycles = std::max(report->most_cycles, of_solve.most_cycles);
    report->check = std::max(report->check, of_solve.check);
  };
  hooks.cycled = [report](int cycles, double change) {
    if (report && report->progress)
      report->progress(fmt::format("multilevel solver, cycle {}: change {:.0e}", cycles, change));
  };
  hooks.fall_back = [report, memory](const std::string& reason, const Generator& stalled,
                                     const Eigen::MatrixXi& at) -> std::unique_ptr<LinearEngine> {
    const auto refuse = [&](double needed) {
      throw SolverError(fmt::format("{}; elimination would take about {:.3g} GB, more than accuracy.memory = {:.3g} GB",
                                    reason, needed / 1e9, memory / 1e9));
    };
    const double estimate = elimination_estimate(static_cast<int>(at.rows()), static_cast<double>(stalled.states));
    if (estimate > memory) refuse(estimate);
    auto order = std::make_unique<EliminationOrder>(stalled, at);
    const auto needed = static_cast<double>(order->factor_bytes());
    if (needed > memory) refuse(needed);
    if (report) report->fall_backs.push_back(reason);
    return order;
  };
  return hooks;
}

std::unique_ptr<LinearEngine> Engines::make_multilevel(const Eigen::MatrixXi& positions) const {
  return std::make_unique<MultilevelEngine>(positions, MultilevelOptions{}, multilevel_hooks(memory_, report_));
}

}  // namespace valleyflux
