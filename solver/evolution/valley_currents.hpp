#pragma once

#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include <span>
#include <utility>
#include <vector>

namespace valleyflux {

/// Ways out that are told from others (an absorbing wall): states and their rates there, parts of Generator::exit.
using ExitRates = std::vector<std::pair<Index, double>>;

/// Valleys x states: the part of each state's probability that lies in each valley (StateSpace::parts_in).
using ValleyParts = Eigen::SparseMatrix<double>;

/// Every state whole in the valley that its label names, -1: in none.
ValleyParts whole_parts(std::span<const int> labels, int valleys);

/// Net probability currents out of valleys, summed over the edges whose ends lie in them by different parts, and out of
/// the domain: no interpolation, and in balance with the probabilities.
class ValleyCurrents {
 public:
  ValleyCurrents(const Generator& generator, const ValleyParts& parts, std::vector<ExitRates> exits = {});

  int valleys() const { return static_cast<int>(parts_.rows()); }
  /// Entries of outflux.
  int flows() const { return valleys() + 1 + static_cast<int>(exits_.size()); }
  /// Probability of each valley.
  Eigen::VectorXd probability(const Eigen::VectorXd& p) const;
  /// Net current out of each valley at the probabilities p, exits from its states included; then (index valleys()) the
  /// current through all exits, and that through each of those told apart.
  Eigen::VectorXd outflux(const Eigen::VectorXd& p) const;

 private:
  struct Cut {
    std::int32_t from, to;
    double forward, backward;
    std::vector<std::pair<int, double>> gain;  // of valleys, by what passes the edge from `from` to `to`
  };
  ValleyParts parts_;
  std::vector<Cut> cuts_;
  std::vector<std::int32_t> leaking_;  // states with exits
  Eigen::VectorXd exit_;
  std::vector<ExitRates> exits_;
};

}  // namespace valleyflux
