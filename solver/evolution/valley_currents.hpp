#pragma once

#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>

#include <span>
#include <utility>
#include <vector>

namespace valleyflux {

/// Ways out that are told from others (an absorbing wall): states and their rates there, parts of Generator::exit.
using ExitRates = std::vector<std::pair<Index, double>>;

/// Net probability currents out of valleys, summed over the edges that their boundaries cut, and out of the domain: no
/// interpolation.
class ValleyCurrents {
 public:
  /// labels: valley of every state, -1 outside all of them.
  ValleyCurrents(const Generator& generator, std::span<const int> labels, int valleys,
                 std::vector<ExitRates> exits = {});

  int valleys() const { return valleys_; }
  /// Entries of outflux.
  int flows() const { return valleys_ + 1 + static_cast<int>(exits_.size()); }
  /// Probability of each valley.
  Eigen::VectorXd probability(const Eigen::VectorXd& p) const;
  /// Net current out of each valley at the probabilities p, exits from its states included; then (index valleys()) the
  /// current through all exits, and that through each of those told apart.
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
  std::vector<ExitRates> exits_;
};

}  // namespace valleyflux
