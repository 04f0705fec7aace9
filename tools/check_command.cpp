#include "problems/dynamics/diffusion_model.hpp"
#include "tools/commands.hpp"

#include "output/progress.hpp"
#include "output/terminal_text.hpp"
#include "output/warning_text.hpp"
#include "problems/case/idle_settings.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/discretisation/one_way_crossing.hpp"
#include "solver/escape/passages.hpp"
#include "solver/run/any_problem.hpp"
#include "solver/run/case_memory.hpp"
#include "solver/run/case_requests.hpp"
#include "solver/solve_problem.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace valleyflux {

namespace {

std::string kind_of(int index, int dimension) {
  if (index == 0) return "minimum";
  return index == dimension ? "maximum" : "saddle";
}

const char* kind_of(const Drift& drift) {
  if (drift.mobility()) return "minus a mobility times the gradient of a landscape";
  return drift.landscape() ? "minus the gradient of a landscape" : "given by expressions";
}

template <int Dim>
std::string shown(const Point<Dim>& x) {
  std::vector<std::string> parts;
  for (int k = 0; k < Dim; ++k) parts.push_back(fmt::format("{:.9g}", x[k] + 0.0));  // no -0
  return fmt::format("({})", fmt::join(parts, ", "));
}

/// What is said of walls at which the noise falls to zero, where the cells know nothing of it.
std::vector<std::string> noiseless_walls(const Problem<1>& problem) {
  const Axis& axis = problem.grid.axis(0);
  if (axis.periodic()) return {};
  Eigen::MatrixXd points(1, axis.cells() + 2);
  for (Index cell = 0; cell < axis.cells(); ++cell) points(0, cell) = axis.centre(cell);
  points.rightCols<2>() << axis.min(), axis.max();
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(points, false, diffusion);
  std::vector<std::string> walls;
  for (Index wall = axis.cells(); wall < points.cols(); ++wall)
    if (diffusion.tensor(0, wall) <= vanishing_noise * diffusion.tensor.row(0).maxCoeff())
      walls.push_back(fmt::format("{} = {:.9g}", axis.name(), points(0, wall)));
  return walls;
}

std::vector<std::string> noiseless_walls(const Problem<2>&) {
  return {};
}

/// Lines of 80 columns.
template <class... Args>
std::string line_of(fmt::format_string<Args...> format, Args&&... args) {
  return wrapped(fmt::format(format, std::forward<Args>(args)...), 2);
}

std::string dynamics_lines(const Case& definition, const Dynamics& dynamics) {
  std::string text;
  if (!definition.table.empty()) text += line_of("landscape: {}\n", definition.table);
  for (const std::string& table : definition.tables) text += line_of("{}\n", table);
  return text + line_of("drift: {}; diffusion: {}, {}\n", kind_of(dynamics.drift),
                        dynamics.diffusion->constant() ? "constant" : "position-dependent",
                        name_of(dynamics.interpretation));
}

/// What escapes lead to that is no valley.
template <int Dim>
std::string target_lines(const Problem<Dim>& problem) {
  if (problem.targets.empty()) return "";
  std::vector<std::vector<std::string>> rows{{"target", "at", "cells"}};
  for (const Target<Dim>& target : problem.targets) {
    if (target.wall) {
      const Axis& axis = problem.grid.axis(target.wall->axis);
      rows.push_back({target.name, fmt::format("{:.9g}", target.wall->upper ? axis.max() : axis.min()), "a wall"});
    } else {
      const std::vector<char> cells = target.region.cells(problem.grid);
      rows.push_back({target.name, "", fmt::format("{}", std::count(cells.begin(), cells.end(), 1))});
    }
  }
  return aligned(rows) + "\n";
}

template <int Dim>
std::string findings(const Case& definition, const Problem<Dim>& problem) {
  // What `run` would refuse is refused: names that nothing has, and initial densities that are none.
  const SolveRequest<Dim> request = solve_request<Dim>(problem, definition);
  const auto discretisation = discretise<Dim>(problem);
  if (request.evolve) request.initial(discretisation, state_labels<Dim>(problem, discretisation.space));
  const std::vector<int> labels = valley_labels<Dim>(problem);
  const auto neighbours = neighbouring_valleys<Dim>(problem, labels);

  std::string text = line_of("{}\n\n", definition.title);
  double cells = 1.0;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = problem.grid.axis(k);
    cells *= static_cast<double>(axis.cells());
    text += line_of("grid.{}: {:.9g} to {:.9g}, {} cells{}, {} / {}\n", axis.name(), axis.min(), axis.max(),
                    axis.cells(), axis.grading() ? fmt::format(" graded around {:.6g}", axis.grading()->centre) : "",
                    name_of(axis.lower()), name_of(axis.upper()));
  }
  if (!problem.grid_rule.empty()) text += line_of("chosen: {}\n", problem.grid_rule);
  text += line_of("cells: {:.0f}, memory: about {:.3g} MB\n", cells, case_memory(definition, cells) / 1e6);

  text += dynamics_lines(definition, problem.dynamics);
  const std::vector<std::string> walls = noiseless_walls(problem);
  if (!walls.empty()) {
    text += line_of("noise: falls to zero at the wall{} {}\n", walls.size() > 1 ? "s" : "", fmt::join(walls, " and "));
  } else if (discretisation.blocked.empty() && discretisation.regularised == 0) {
    text += line_of("noise: nowhere degenerate\n");
  }
  if (!discretisation.blocked.empty() || discretisation.regularised > 0) {
    if (discretisation.regularised > 0)
      text += line_of("noise: zero or too anisotropic for the grid in {} of {:.0f} cells\n", discretisation.regularised,
                      cells);
    constexpr std::size_t shown_places = 6;
    const auto& blocked = discretisation.blocked;
    std::size_t places = 0;
    for (std::size_t k = 0; k < blocked.size(); ++k) {
      if ((k > 0 && blocked[k - 1].edge == blocked[k].edge) || ++places > shown_places) continue;
      text +=
          passed_one_way(blocked, k)
              ? line_of("blocked: the noise vanishes at {} and the drift leads across {} alone\n",
                        shown<Dim>(blocked[k].place), way_across<Dim>(problem.grid, discretisation, k))
              : line_of("blocked: the noise vanishes at {} and no drift leads across\n", shown<Dim>(blocked[k].place));
    }
    if (places > shown_places) text += line_of("blocked: ... {} places in all\n", places);
  }

  std::vector<std::vector<std::string>> rows{{"critical point", "at", "height", "index"}};
  for (const auto& point : problem.critical_points)
    rows.push_back({kind_of(point.index, Dim) + (point.kinked       ? " (kinked)"
                                                 : point.degenerate ? " (degenerate)"
                                                                    : ""),
                    shown<Dim>(point.position), fmt::format("{:.9g}", point.height), fmt::format("{}", point.index)});
  text += "\n" + aligned(rows) + "\n";
  rows = {{"valley", "minimum", "cells"}};
  for (std::size_t v = 0; v < problem.valleys.size(); ++v)
    rows.push_back({problem.valleys[v].name,
                    problem.valleys[v].minimum ? shown<Dim>(problem.valleys[v].minimum->position) : "none",
                    fmt::format("{}", std::count(labels.begin(), labels.end(), static_cast<int>(v)))});
  text += aligned(rows) + "\n";
  text += target_lines(problem);
  std::vector<std::string> pairs;
  for (const auto& [from, to] : neighbours)
    pairs.push_back(problem.valleys[static_cast<std::size_t>(from)].name + " -> " +
                    problem.valleys[static_cast<std::size_t>(to)].name);
  if (!pairs.empty()) text += line_of("escapes between neighbours: {}\n", fmt::join(pairs, ", "));
  return text + warnings_text(warnings_of<Dim>(problem, request), true);
}

std::string findings(const Case& definition, const ParticleProblem& problem) {
  particle_requests(problem, definition);
  std::string text = line_of("{}\n\n{} dimensions, particles alone\n", definition.title, problem.system.dimension());
  text += dynamics_lines(definition, problem.system.dynamics);
  text += line_of("slowest relaxation: {:.4g}; a safe langevin.step: {:.2g}\n\n", problem.relaxation_time,
                  problem.system.safe_step);
  std::vector<std::vector<std::string>> rows{{"valley", "minimum", "height", "core"}};
  for (const ParticleValley& valley : problem.valleys)
    rows.push_back({valley.name, fmt::format("({:.9g})", fmt::join(valley.minimum, ", ")),
                    valley.height ? fmt::format("{:.9g}", *valley.height) : "-", valley.core ? "given" : "none"});
  return text + aligned(rows) + "\n";
}

std::string findings(const Case& definition, const LossProblem& problem) {
  const CaseLoss& loss = *definition.loss;
  const auto scaled = scaled_loss(problem.loss, problem.k);
  std::string text = line_of("{}\n\nloss: {} of {} parameters over {} samples ({} features, {} classes; {}), k = {}\n",
                             definition.title, loss.model, scaled->dimension(), scaled->samples(),
                             loss.data->features.rows(), loss.data->classes.size(), loss.source, loss.k);
  text += line_of("at the start: {:.6g}, |gradient| {:.3g}\n", scaled->value(problem.start),
                  scaled->gradient(problem.start).norm());
  text += line_of("SGD: eta = {}, batch_size = {}, injected noise {}; {} repetitions of at most {:.4g} iterations\n",
                  problem.sgd.eta, problem.sgd.batch_size, problem.sgd.injected, definition.particles.particles,
                  loss_request(definition).repetitions.time_limit / problem.sgd.eta);
  return text;
}

}  // namespace

int check_command(const std::string& name, const Overrides& overrides) {
  const Case definition = case_named(name, overrides);
  require_effect(definition, overrides);
  std::string text;
  {
    Progress progress(true, "valleyflux check");
    progress.update(std::nullopt, "setting up the problem");
    TrainedStarts starts;
    text = std::visit([&](const auto& problem) { return findings(definition, problem); },
                      build_any_problem(definition, starts));
  }
  say("{}", text);
  return 0;
}

}  // namespace valleyflux
