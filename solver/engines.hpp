#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/engine_name.hpp"
#include "solver/linear_solver.hpp"
#include "solver/multilevel/multilevel_solver.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// Throws std::invalid_argument for an unknown name.
EngineName engine_named(std::string_view name);

/// Whether the multilevel solver is to solve a grid: by itself where that has more than 1024 x 1024 cells and
/// elimination, which is faster, would take more bytes than `memory`.
bool takes_multilevel(EngineName engine, int dimension, double cells, double memory);

/// What the multilevel solver has done in a run.
struct EngineReport {
  int solves = 0;
  int most_cycles = 0;                  // of any solve
  double check = 0.0;                   // largest relative difference of a mean time forwards and backwards
  std::vector<std::string> fall_backs;  // why elimination took its place
  std::function<void(const std::string& stage)> progress = {};  // told of every cycle on large grids
};

/// Tells the report (none: nobody) of all solves, and eliminates what stalls. Throws SolverError there where that would
/// take more bytes than `memory`.
MultilevelHooks multilevel_hooks(double memory, const std::shared_ptr<EngineReport>& report);

/// The kind of engine that solves one grid's processes. Not to be used by several threads at a time.
class Engines {
 public:
  /// Of elimination.
  Engines() = default;
  /// memory: bytes that elimination may take where the multilevel solver stalls. report: told of all solves.
  Engines(EngineName engine, int dimension, double cells, double memory, std::shared_ptr<EngineReport> report);

  bool multilevel() const { return multilevel_; }
  /// The multilevel one of the process whose states have these integer coordinates (d x states). Where it stalls its
  /// solvers go on by elimination, or throw SolverError where that would take more memory than it may.
  std::unique_ptr<LinearEngine> make_multilevel(const Eigen::MatrixXi& positions) const;

 private:
  bool multilevel_ = false;
  double memory_ = 0.0;
  std::shared_ptr<EngineReport> report_;
};

}  // namespace valleyflux
