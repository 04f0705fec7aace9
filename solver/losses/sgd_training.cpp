#include "solver/losses/sgd_training.hpp"

#include "solver/particles/minibatch.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <vector>

namespace valleyflux {

Eigen::VectorXd trained_by_sgd(const Loss& loss, Eigen::VectorXd theta, const TrainingOptions& options) {
  require_step(options.eta);
  MinibatchDraws draws(options.seed, options.minibatch, static_cast<std::uint64_t>(loss.samples()), options.batch_size);
  // One repetition alone: all lanes are the same.
  const auto lanes = static_cast<std::size_t>(loss_lanes), d = static_cast<std::size_t>(theta.size());
  std::vector<double> parameters(d * lanes), gradient(d * lanes), workspace(loss.workspace());
  std::vector<std::uint32_t> rows(options.batch_size * lanes);
  for (std::size_t n = 0; n < parameters.size(); ++n) parameters[n] = theta[static_cast<Index>(n / lanes)];
  for (std::uint64_t step = 0; step < options.steps; ++step) {
    const auto& drawn = draws.draw(0, step);
    for (std::size_t n = 0; n < rows.size(); ++n) rows[n] = drawn[n / lanes];
    loss.minibatch_gradients(parameters.data(), rows.data(), static_cast<Index>(options.batch_size), gradient.data(),
                             workspace.data());
    const double eta = options.eta * (1.0 - static_cast<double>(step) / static_cast<double>(options.steps));
    for (std::size_t n = 0; n < parameters.size(); ++n) parameters[n] -= eta * gradient[n];
  }
  for (std::size_t k = 0; k < d; ++k) theta[static_cast<Index>(k)] = parameters[k * lanes];
  if (!theta.allFinite())
    throw SolverError(fmt::format("the training diverges: start.training.eta = {:.3g} is too large", options.eta));
  return theta;
}

}  // namespace valleyflux
