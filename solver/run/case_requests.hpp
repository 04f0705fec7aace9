#pragma once

#include "problems/case/case_file.hpp"
#include "solver/particles/particle_problem.hpp"
#include "solver/solve_problem.hpp"

#include <vector>

namespace valleyflux {

/// What a case asks of the solver, its names resolved. The request refers to `problem` and `definition`. Throws
/// CaseError for names of valleys that are not there, and for escapes without a start or an end.
template <int Dim>
SolveRequest<Dim> solve_request(const Problem<Dim>& problem, const Case& definition);

/// The same of a case without a grid.
std::vector<ParticleEscapeRequest> particle_requests(const ParticleProblem& problem, const Case& definition);

/// [langevin], with its defaults filled in.
ParticleMethods particle_methods(const Case& definition);

/// What the closed forms need to know of the case.
TheoryOptions theory_options(const Case& definition);

extern template SolveRequest<1> solve_request(const Problem<1>&, const Case&);
extern template SolveRequest<2> solve_request(const Problem<2>&, const Case&);

}  // namespace valleyflux
