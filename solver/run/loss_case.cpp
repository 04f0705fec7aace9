#include "solver/run/loss_case.hpp"

#include "solver/losses/sgd_training.hpp"
#include "solver/run/case_requests.hpp"

#include <cmath>
#include <utility>

namespace valleyflux {

const Eigen::VectorXd& TrainedStarts::of(const CaseLoss& loss) {
  const auto known = starts_.find(loss.key);
  if (known != starts_.end()) return known->second;
  Eigen::VectorXd start = loss.start;
  if (const auto& training = loss.training)
    start = trained_by_sgd(*loss.loss, std::move(start),
                           {.eta = training->eta,
                            .batch_size = training->batch_size,
                            .steps = static_cast<std::uint64_t>(training->steps),
                            .seed = loss.seed});
  return starts_.emplace(loss.key, std::move(start)).first->second;
}

LossProblem build_loss_problem(const Case& definition, TrainedStarts& starts) {
  const CaseLoss& loss = *definition.loss;
  LossProblem problem;
  problem.loss = loss.loss;
  problem.k = loss.k;
  problem.sgd = *definition.sgd;
  problem.valley = loss.valley;
  const double box_scale = std::pow(loss.k, loss.valley_scale);
  problem.start = starts.of(loss) / std::pow(loss.k, loss.start_scale);
  if (loss.half_width) {
    problem.low = problem.start.array() - *loss.half_width / box_scale;
    problem.high = problem.start.array() + *loss.half_width / box_scale;
  } else {
    problem.low = loss.low / box_scale;
    problem.high = loss.high / box_scale;
  }
  return problem;
}

LossRequest loss_request(const Case& definition) {
  LossRequest request;
  if (!definition.escapes.empty()) request.methods = definition.escapes[0].methods;
  request.repetitions = sgd_options_of(particle_methods(definition));
  request.theory_s = definition.theorem_s;
  request.covariance = definition.loss->covariance;
  return request;
}

}  // namespace valleyflux
