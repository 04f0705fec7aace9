#pragma once

#include "solver/theory/predictions.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// The closed forms between two minima a, b (d each) in any dimension: Eq. 44 for white noise, Eq. 84 for SGD noise,
/// Eq. 83 for any D(x). The saddle is the highest point of the minimum-energy path that the string method finds from
/// the straight line: one pass, which need not be the lowest. What does not apply, or is not found, is said in the
/// notes.
std::vector<Prediction> pass_predictions(const Dynamics& dynamics, const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                                         const TheoryOptions& options);

}  // namespace valleyflux
