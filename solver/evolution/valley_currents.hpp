#pragma once

#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>

#include <span>
#include <vector>

namespace valleyflux {

/// Net probability currents out of valleys, summed over the edges that their boundaries cut: no interpolation.
class ValleyCurrents {
 public:
  /// labels: valley of every state, -1 outside all of them.
  ValleyCurrents(const Generator& generator, std::span<const int> labels, int valleys);

  int valleys() const { return valleys_; }
  /// Probability of each valley.
  Eigen::VectorXd probability(const Eigen::VectorXd& p) const;
  /// Net current out of each valley at the probabilities p, exits from its states included; the last entry (index
  /// valleys()) is the current through all exits.
  Eigen::VectorXd outflux(const Eigen::VectorXd& p) const;

 private:
  struct Cut {
    std::int32_t from, to;
    int label_from, label_to;
    double forward, backward;
  };
  int valleys_;
  std::vector<int> labels_;
  std::vector<Cut> cuts_;
  std::vector<std::int32_t> leaking_;  // states with exits
  Eigen::VectorXd exit_;
};

}  // namespace valleyflux
