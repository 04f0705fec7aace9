#include "tools/commands.hpp"

#include "output/json.hpp"
#include "output/progress.hpp"
#include "output/result_file.hpp"
#include "output/table.hpp"
#include "problems/case/nearest_name.hpp"
#include "solver/evolution/initial_density.hpp"
#include "solver/solve_problem.hpp"
#include "tools/interruption.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace valleyflux {

namespace {

int valley_numbered(const std::vector<std::string>& names, const Placed<std::string>& name) {
  for (std::size_t v = 0; v < names.size(); ++v)
    if (names[v] == name.value) return static_cast<int>(v);
  throw CaseError(fmt::format("{}: error: there is no valley \"{}\"; the nearest is \"{}\" (valleys: {})", name.place,
                              name.value, nearest_name(name.value, names), fmt::join(names, ", ")));
}

template <int Dim>
int valley_numbered(const Problem<Dim>& problem, const Placed<std::string>& name) {
  std::vector<std::string> names;
  for (const Valley<Dim>& valley : problem.valleys) names.push_back(valley.name);
  return valley_numbered(names, name);
}

template <int Dim>
EscapeRequest escape_request(const Problem<Dim>& problem, const CaseEscape& escape) {
  EscapeRequest request;
  request.methods = escape.methods;
  request.escape.from = valley_numbered<Dim>(problem, escape.from);
  const Valley<Dim>& from = problem.valleys[static_cast<std::size_t>(request.escape.from)];
  if (!from.minimum)
    throw CaseError(
        fmt::format("{}: error: valley \"{}\" holds no minimum to escape from", escape.from.place, from.name));
  if (escape.to.value == "first_exit") return request;
  request.escape.to = valley_numbered<Dim>(problem, escape.to);
  const Valley<Dim>& to = problem.valleys[static_cast<std::size_t>(request.escape.to)];
  if (to.core.empty())
    throw CaseError(fmt::format("{}: error: valley \"{}\" holds no minimum: give it a core to arrive in",
                                escape.to.place, to.name));
  if (to.core.contains(from.minimum->position))
    throw CaseError(fmt::format("{}: error: the core of valley \"{}\" holds the minimum of \"{}\"", escape.to.place,
                                to.name, from.name));
  return request;
}

template <int Dim>
Eigen::VectorXd initial_probabilities(const Problem<Dim>& problem, const Placed<InitialDensity>& initial,
                                      const Discretisation<Dim>& discretisation, const std::vector<int>& labels) {
  try {
    if (const auto* start = std::get_if<GaussianStart>(&initial.value))
      return gaussian<Dim>(problem.grid, start->mean, start->sd);
    if (const auto* density = std::get_if<Expression>(&initial.value))
      return from_density<Dim>(problem.grid, [density](const Point<Dim>& x) { return (*density)(x); });
  } catch (const std::invalid_argument& error) {
    throw CaseError(fmt::format("{}: error: {}", initial.place, error.what()));
  }
  const int valley = valley_numbered<Dim>(problem, {std::get<std::string>(initial.value), initial.place});
  return local_equilibrium<Dim>(problem, discretisation, labels, valley);
}

ParticleMethods particle_methods(const Case& definition) {
  const CaseParticles& particles = definition.particles;
  constexpr double budget = 1e9;  // steps
  constexpr double standard_step = 1e-3;
  const double step = particles.step.value_or(standard_step);
  ParticleMethods methods;
  methods.particles = {
      .particles = static_cast<std::uint32_t>(particles.particles),
      .step = step,
      .seed = particles.seed,
      .dynamics = particles.sgd ? ParticleDynamics::sgd : ParticleDynamics::langevin,
      .time_limit = particles.time_limit.value_or(step * budget / static_cast<double>(particles.particles)),
      .scheme = particles.platen ? ParticleScheme::platen : ParticleScheme::euler_maruyama,
      .noise = particles.single_noise ? NoisePrecision::single : NoisePrecision::full};
  if (particles.minibatch != "gaussian") {
    methods.particles.minibatch =
        particles.minibatch == "with_replacement" ? Minibatch::with_replacement : Minibatch::without_replacement;
    methods.particles.batch_size = static_cast<std::uint32_t>(definition.sgd->batch_size);
  }
  if (!particles.step && definition.sgd) methods.sgd_step = definition.sgd->eta;
  methods.splitting = {static_cast<std::uint32_t>(particles.replicas), static_cast<std::uint32_t>(particles.runs)};
  methods.reaction_coordinate = particles.reaction_coordinate;
  return methods;
}

template <int Dim>
SolveRequest<Dim> solve_request(const Problem<Dim>& problem, const Case& definition) {
  SolveRequest<Dim> request;
  request.theory = {definition.sgd, definition.two_temperature, definition.theorem_s};
  request.grids = definition.grids;
  request.modes = definition.modes;
  request.network = definition.network;
  request.departing_cell_rates = definition.departing_cell_rates;
  request.particles = particle_methods(definition);
  request.particle_histogram = definition.particles.histogram;
  if (!definition.escapes.empty()) {
    request.escapes.emplace();
    for (const CaseEscape& escape : definition.escapes)
      request.escapes->push_back(escape_request<Dim>(problem, escape));
  }
  if (const auto& evolve = definition.evolve) {
    request.evolve = EvolveOptions{.until = evolve->until,
                                   .frames = evolve->frames,
                                   .stepper = stepper_named(evolve->stepper.value),
                                   .tolerance = evolve->tolerance};
    if (std::holds_alternative<std::string>(evolve->initial.value))
      valley_numbered<Dim>(problem, {std::get<std::string>(evolve->initial.value), evolve->initial.place});
    request.initial = [&problem, &initial = evolve->initial](const Discretisation<Dim>& discretisation,
                                                             const std::vector<int>& labels) {
      return initial_probabilities<Dim>(problem, initial, discretisation, labels);
    };
  }
  return request;
}

void print(const Results& results) {
  fmt::print("{}\n\n{}\n", results.title, valleys_table(results));
  if (const auto& evolution = results.evolution)
    fmt::print(
        "evolution ({}): {} steps, mass error {:.1e}, smallest density {:.3g}, balance error {:.1e}, time error "
        "about {:.1e}\n\n",
        evolution->stepper, evolution->steps, evolution->mass_error, evolution->density_min, evolution->balance_error,
        evolution->error_estimate);
  if (const auto& histogram = results.histogram)
    fmt::print(
        "{} particles at t = {:.4g}: total variation distance from the density {:.4f} ({:.4f} +- {:.4f} by chance "
        "alone)\n\n",
        histogram->particles, histogram->time, histogram->total_variation, histogram->expected, histogram->error);
  if (!results.estimates.empty()) fmt::print("{}\n", estimates_table(results));
  if (results.network) fmt::print("{}\n", network_table(*results.network));
  if (results.spectrum.size() > 1) fmt::print("{}\n", spectrum_line(results));
}

/// What a run writes to and tells: the result file, the progress bar, and whether Ctrl-C was pressed.
class Session {
 public:
  Session(const Case& definition, const RunArguments& arguments) : definition_(definition), arguments_(arguments) {
    progress_.emplace(!arguments.quiet && !arguments.json, "valleyflux");
    output_ = arguments.output;
    if (output_.empty()) output_ = std::filesystem::path(definition.file).stem().string() + ".h5";
  }

  void open(const std::vector<std::string>& valleys) {
    file_.emplace(output_, definition_.axes, valleys,
                  ResultHeader{definition_.title, definition_.text, VALLEYFLUX_VERSION, arguments_.command});
  }
  ResultFile& file() { return *file_; }

  ParticleReports reports() {
    return {[this](double fraction, const std::string& stage) {
              interruption_.deaf();
              progress_->update(fraction, stage);
            },
            [this] { return interruption_.asked(); },
            [this](const EscapeTimes& times) { file_->write_escape_times(times); }};
  }

  /// Writes and shows the results; returns the exit status.
  int finish(Results results) {
    results.title = definition_.title;
    results.output = output_.string();
    file_->write(results);
    const std::string json =
        arguments_.json ? to_json(results) : "";  // refuses what is not finite before the file appears
    file_->commit();
    progress_.reset();
    for (const std::string& warning : results.warnings) fmt::print(stderr, "warning: {}\n", warning);
    if (arguments_.json) {
      fmt::print("{}\n", json);
    } else if (!arguments_.quiet) {
      print(results);
      fmt::print("written to {}\n", results.output);
    }
    const bool failed = std::any_of(results.estimates.begin(), results.estimates.end(), [](const Estimate& estimate) {
      return !estimate.rate && !estimate.high && !estimate.method.starts_with("theory");
    });
    return failed ? 1 : 0;
  }

 private:
  const Case& definition_;
  const RunArguments& arguments_;
  std::filesystem::path output_;
  std::optional<Progress> progress_;
  std::optional<ResultFile> file_;
  const Interruption interruption_;
};

template <int Dim>
int run_case(const Case& definition, const RunArguments& arguments) {
  Session session(definition, arguments);
  const Problem<Dim> problem = build_problem<Dim>(definition);
  const SolveRequest<Dim> request = solve_request<Dim>(problem, definition);
  std::vector<std::string> names;
  for (const auto& valley : problem.valleys) names.push_back(valley.name);
  session.open(names);
  const ParticleReports reports = session.reports();
  SolveObserver observer;
  observer.labels = [&](const std::vector<int>& labels) { session.file().write_labels(labels); };
  observer.field = [&](const CellField& field) { session.file().write(field); };
  observer.frame = [&](const DensityFrame& frame) { session.file().append(frame); };
  observer.spectrum = [&](const SpectrumFields& fields) { session.file().write(fields); };
  observer.escape_times = reports.escape_times;
  observer.progress = reports.progress;
  observer.interrupted = reports.interrupted;
  return session.finish(solve_problem<Dim>(problem, request, observer));
}

int run_particles(const Case& definition, const RunArguments& arguments) {
  Session session(definition, arguments);
  const ParticleProblem problem = build_particle_problem(definition);
  std::vector<std::string> names;
  for (const ParticleValley& valley : problem.valleys) names.push_back(valley.name);
  std::vector<ParticleEscapeRequest> requests;
  for (const CaseEscape& escape : definition.escapes)
    requests.push_back({valley_numbered(names, escape.from),
                        escape.to.value == "first_exit" ? -1 : valley_numbered(names, escape.to), escape.methods});
  session.open(names);
  return session.finish(solve_particles(problem, requests, particle_methods(definition), session.reports()));
}

}  // namespace

int run_command(const RunArguments& arguments) {
  const Case definition = case_named(arguments.name, arguments.overrides);
  if (!definition.box.empty()) return run_particles(definition, arguments);
  require_memory(definition);
  return definition.axes.size() == 1 ? run_case<1>(definition, arguments) : run_case<2>(definition, arguments);
}

}  // namespace valleyflux
