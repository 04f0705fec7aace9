#pragma once

#include "problems/case/case_file.hpp"
#include "solver/losses/loss_problem.hpp"

#include <Eigen/Core>

#include <map>
#include <string>

namespace valleyflux {

/// Starts that were trained already, by what they follow from: one training serves all values of a sweep.
class TrainedStarts {
 public:
  /// Where the training of a case with [loss] leads to, at k = 1.
  const Eigen::VectorXd& of(const CaseLoss& loss);

 private:
  std::map<std::string, Eigen::VectorXd> starts_;
};

/// The problem of a case with [loss]: trained start, scaled by k, and the box around it. Throws CaseError for a start
/// outside the box, and SolverError as trained_by_sgd does.
LossProblem build_loss_problem(const Case& definition, TrainedStarts& starts);

/// What the case asks for.
LossRequest loss_request(const Case& definition);

}  // namespace valleyflux
