#pragma once

#include "problems/case/case_file.hpp"
#include "problems/problem.hpp"
#include "solver/losses/loss_problem.hpp"
#include "solver/particles/particle_problem.hpp"
#include "solver/run/loss_case.hpp"

#include <string>
#include <variant>
#include <vector>

namespace valleyflux {

/// Every kind of problem that a case may hold: on a grid of one or two dimensions, in a box for particles alone, or a
/// loss over data.
using AnyProblem = std::variant<Problem<1>, Problem<2>, ParticleProblem, LossProblem>;

/// The problem of a case, on a grid that is chosen as far as the case leaves it open; starts: of losses, trained where
/// they are not known. Throws CaseError for what is wrong with the case, and for a grid that would not fit into the
/// memory that is available, with its bytes; SolverError as trained_by_sgd does.
AnyProblem build_any_problem(const Case& definition, TrainedStarts& starts);

/// Names of a problem's valleys, in the order of their numbers.
std::vector<std::string> valley_names(const AnyProblem& problem);

}  // namespace valleyflux
