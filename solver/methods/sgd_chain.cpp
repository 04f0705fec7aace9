#include "solver/chain/chain_estimate.hpp"
#include "solver/methods/estimator.hpp"

namespace valleyflux {

namespace {

double learning_rate(const ParticleMethods& methods) {
  return sgd_options_of(methods).step;
}

Measured escape_of_chain(const ChainTask& task) {
  Measured found{
      sgd_chain_estimate(task.problem, task.passages, task.escape, learning_rate(task.methods), task.theory.sgd), {}};
  constexpr double poor = 1e-2;
  if (*found.estimate.high > (1.0 + poor) * *found.estimate.rate)
    found.warnings.emplace_back("the nodes do not resolve the steps");
  return found;
}

}  // namespace

/// Discrete SGD on the line as a Markov kernel.
Estimator sgd_chain_method() {
  return {.chain = ChainMethod{.process = "discrete SGD",
                               .escape = &escape_of_chain,
                               .stationary = [](const Problem<1>& problem, const ParticleMethods& methods) {
                                 return sgd_chain_stationary(problem, {.eta = learning_rate(methods)});
                               }}};
}

}  // namespace valleyflux
