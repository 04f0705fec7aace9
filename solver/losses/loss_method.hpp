#pragma once

#include "solver/losses/loss_problem.hpp"
#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// The escape from the box of a loss, to be measured as asked for.
struct LossTask {
  const LossProblem& problem;
  const LossRequest& request;
  const std::string& asked;  // the method, or an alias of several closed forms
  const ParticleReports& reports;
  std::vector<std::string>& warnings;
};

/// A method of such an escape; names of valley and target are left to the caller.
using LossMethod = std::vector<Estimate> (*)(const LossTask&);

}  // namespace valleyflux
