#pragma once

#include "problems/data/data_set.hpp"
#include "problems/losses/loss.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace valleyflux {

class CaseReader;

/// [start.training]: SGD from the start to where the escapes set out. Its learning rate falls linearly to zero.
struct CaseTraining {
  double eta = 0.1;
  std::uint32_t batch_size = 1;
  long steps = 0;
};

/// The problem of a case over data: [data], [loss], [start] and the box that its [[valley]] is.
struct CaseLoss {
  std::string model;                    // styblinski_tang, logistic_regression or network; empty: by code
  std::string source;                   // of the data, as the record tells it
  std::shared_ptr<const DataSet> data;  // none of a loss by code
  std::shared_ptr<const Loss> loss;     // at k = 1
  double k = 1.0;                       // L(sqrt(k) theta)
  /// Compare the gradient's covariance with the Hessian at the start, along that many leading eigenvectors; 0: all.
  std::optional<Index> covariance;
  Eigen::VectorXd start;   // d, at k = 1, before the training
  std::uint64_t seed = 1;  // of start and training
  std::optional<CaseTraining> training;
  std::string key;     // the text of [data], of [loss] but for k, and of [start]: equal texts make equal starts
  std::string valley;  // its name
  std::optional<double> half_width;  // of a box around the start; otherwise its ends:
  Eigen::VectorXd low, high;         // d, at k = 1
  // Start and box are divided by these powers of k: by sqrt(k) the landscape in the box stays the same.
  double start_scale = 0.5, valley_scale = 0.5;
};

/// Reads the tables [data], [loss] and [start] and the [[valley]] of a case. Throws CaseError.
CaseLoss read_loss(CaseReader& root);

}  // namespace valleyflux
