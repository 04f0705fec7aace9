#include "solver/run/run.hpp"

#include "problems/case/placed_problem.hpp"
#include "solver/run/case_requests.hpp"
#include "solver/run/rate_units.hpp"
#include "solver/solver_error.hpp"

namespace valleyflux {

namespace {

class Run {
 public:
  Run(const Case& definition, const RunRequest& request, const SolveObserver& observer,
      std::vector<std::string> valleys, const SharedWork& shared)
      : definition_(definition),
        request_(request),
        observer_(observer),
        valleys_(std::move(valleys)),
        shared_(shared) {}

  template <int Dim>
  Results operator()(const Problem<Dim>& problem) const {
    SolveRequest<Dim> request = solve_request<Dim>(problem, definition_);
    if (request_.rates_only) {
      request.evolve.reset();
      request.first_passage.reset();
      request.particle_histogram = false;
      request.modes = 0;
      request.network = false;
      request.paths = false;
      request.quasi_potential = false;
    }
    request.orders = shared_.orders;
    std::vector<Axis> axes;
    for (int k = 0; k < Dim; ++k) axes.push_back(problem.grid.axis(k));
    begin(axes);
    return solve_problem<Dim>(problem, request, observer_);
  }

  Results operator()(const ParticleProblem& problem) const {
    const std::vector<ParticleEscapeRequest> escapes = particle_requests(problem, definition_);
    begin({});
    return solve_particles(problem, escapes, particle_methods(definition_), reports(), theory_options(definition_));
  }

  Results operator()(const LossProblem& problem) const {
    begin({});
    return solve_loss(problem, loss_request(definition_), reports());
  }

 private:
  void begin(const std::vector<Axis>& axes) const {
    if (observer_.begin) observer_.begin(axes, valleys_);
  }
  ParticleReports reports() const { return {observer_.progress, observer_.interrupted, observer_.escape_times}; }

  const Case& definition_;
  const RunRequest& request_;
  const SolveObserver& observer_;
  const std::vector<std::string> valleys_;
  const SharedWork& shared_;
};

}  // namespace

Results run(const Case& definition, const AnyProblem& problem, const RunRequest& request, const SolveObserver& observer,
            const SharedWork& shared) {
  Results results;
  try {
    results = std::visit(Run(definition, request, observer, valley_names(problem), shared), problem);
  } catch (const SolverError& error) {
    if (definition.table.empty() && definition.tables.empty()) throw;
    throw SolverError(error.what() + after_error(definition.warnings));  // a doubt of a table may say why
  }
  results.units = definition.units;
  convert_rates(results);
  return results;
}

Results run(const Case& definition, const RunRequest& request, const SolveObserver& observer, SharedWork& shared) {
  if (observer.progress) observer.progress(0.0, "setting up the problem");
  return run(definition, build_any_problem(definition, shared.starts), request, observer, shared);
}

Results run(const Case& definition, const RunRequest& request, const SolveObserver& observer) {
  SharedWork shared;
  return run(definition, request, observer, shared);
}

}  // namespace valleyflux
