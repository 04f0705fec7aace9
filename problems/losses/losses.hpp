#pragma once

#include "problems/data/data_set.hpp"
#include "problems/losses/loss.hpp"

#include <memory>

namespace valleyflux {

/// L(theta) = mean over the samples x of f(theta - x), f(z) = 1/2 sum_i (z_i^4 - 16 z_i^2 + 5 z_i) (Styblinski & Tang
/// 1990): d = features; labels do not matter. Its coordinates are separate, loss and noise of degree 4. Throws
/// std::invalid_argument for data without samples or features.
std::shared_ptr<const Loss> styblinski_tang_loss(const DataSet& data);

/// Logistic regression without bias: l = log(1 + exp(-s theta . x)), s = 1 for class 1 and -1 for class 0; d =
/// features. Throws std::invalid_argument for data without samples or features, or of other than two classes.
std::shared_ptr<const Loss> logistic_regression_loss(const DataSet& data);

struct NetworkShape {
  int depth = 2;   // layers of weights, >= 1; 1 is softmax regression
  int width = 10;  // units of each hidden layer, > 0
};

/// Fully connected network without bias, ReLU between its layers, softmax and cross entropy behind them. theta holds
/// the layers one after the other, each outputs x inputs, columns first. Throws std::invalid_argument for data without
/// samples, features or classes, or a bad shape.
std::shared_ptr<const Loss> network_loss(const DataSet& data, const NetworkShape& shape);

}  // namespace valleyflux
