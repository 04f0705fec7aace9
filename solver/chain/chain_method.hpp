#pragma once

#include "problems/problem.hpp"
#include "solver/escape/escape.hpp"
#include "solver/escape/passages.hpp"
#include "solver/particles/particle_methods.hpp"
#include "solver/theory/predictions.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace valleyflux {

/// An escape on the line, with what chains of steps are told.
struct ChainTask {
  const Problem<1>& problem;
  const std::vector<Passage>& passages;
  const Escape& escape;
  const ParticleMethods& methods;
  const TheoryOptions& theory;
};

/// A method that follows a chain of discrete steps by its kernel.
struct ChainMethod {
  std::string process;                   // what the chain is
  Measured (*escape)(const ChainTask&);  // std::runtime_error: a rate that is not there
  Eigen::VectorXd (*stationary)(const Problem<1>&, const ParticleMethods&);  // cells: probabilities
};

}  // namespace valleyflux
