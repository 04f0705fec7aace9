#include "solver/elimination/elimination.hpp"

#include "solver/elimination/chain_elimination.hpp"
#include "solver/elimination/multifrontal.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>
#include <variant>

namespace valleyflux {

struct EliminationOrder::Tree {
  Index states = 0, edges = 0;
  std::optional<Dissection> dissection;  // nothing for a chain
};

struct Elimination::Factors {
  std::shared_ptr<const EliminationOrder::Tree> tree;
  std::variant<ChainFactors, MultifrontalFactors> numbers;

  void eliminate(const Generator& generator, double shift);
};

namespace {

void require_states(Index states, Index given) {
  if (states != given)
    throw std::invalid_argument(fmt::format("a vector over {} states is needed (got {})", states, given));
}

}  // namespace

void Elimination::Factors::eliminate(const Generator& generator, double shift) {
  if (!(shift >= 0) || !std::isfinite(shift))
    throw std::invalid_argument(fmt::format("the shift must be finite and not negative (got {})", shift));
  if (generator.states != tree->states || generator.edges() != tree->edges)
    throw std::invalid_argument(fmt::format("the order is for a generator of {} states and {} edges (got {} and {})",
                                            tree->states, tree->edges, generator.states, generator.edges()));
  Index failed = -1;
  if (tree->dissection) {
    MultifrontalFactors spent;
    if (auto* const old = std::get_if<MultifrontalFactors>(&numbers)) spent = std::move(*old);
    MultifrontalFactors made = valleyflux::eliminate(*tree->dissection, generator, shift, std::move(spent));
    failed = made.failed;
    numbers = std::move(made);
  } else {
    std::optional<Chain> chain = as_chain(generator);
    if (!chain) throw std::invalid_argument("the order is for a chain of states (got other edges)");
    ChainFactors made = valleyflux::eliminate(std::move(*chain), (generator.exit.array() + shift).matrix());
    failed = made.failed;
    numbers = std::move(made);
  }
  if (failed >= 0) throw NoWayOut(failed);
}

NoWayOut::NoWayOut(Index state)
    : SolverError(fmt::format("state {} has no way out (or rates over- or underflow there): the equations are singular",
                              state)),
      state(state) {}

EliminationOrder::EliminationOrder(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                                   const EliminationOptions& options) {
  if (positions.cols() != generator.states)
    throw std::invalid_argument(
        fmt::format("{} states need as many positions (got {})", generator.states, positions.cols()));
  auto tree = std::make_shared<Tree>();
  tree->states = generator.states;
  tree->edges = generator.edges();
  if (!is_chain(generator)) tree->dissection = dissect(generator, positions, options.leaf_states);
  tree_ = std::move(tree);
}

std::unique_ptr<LinearSolver> EliminationOrder::factorise(const Generator& generator, double shift,
                                                          std::unique_ptr<LinearSolver> spent) const {
  if (auto* own = dynamic_cast<Elimination*>(spent.get()))
    return std::make_unique<Elimination>(std::move(*own), generator, shift);
  return std::make_unique<Elimination>(*this, generator, shift);
}

Eigen::VectorXd EliminationOrder::stationary(const Generator& generator, double total) const {
  return stationary_probabilities(*this, generator, total);
}

std::unique_ptr<LinearEngine> EliminationOrder::part(const Generator& generator,
                                                     std::span<const std::int32_t> states) const {
  if (static_cast<Index>(states.size()) != generator.states)
    throw std::invalid_argument(
        fmt::format("a part of {} states is of as many of the whole (got {})", generator.states, states.size()));
  auto tree = std::make_shared<Tree>();
  tree->states = generator.states;
  tree->edges = generator.edges();
  if (!is_chain(generator)) {
    if (tree_->dissection) {
      tree->dissection = restricted(*tree_->dissection, generator, states);
    } else {
      // The states of a chain lie where their numbers say.
      Eigen::MatrixXi positions(1, generator.states);
      for (std::size_t k = 0; k < states.size(); ++k) positions(0, static_cast<Index>(k)) = states[k];
      tree->dissection = dissect(generator, positions, EliminationOptions{}.leaf_states);
    }
  }
  return std::unique_ptr<LinearEngine>(new EliminationOrder(std::move(tree)));
}

std::size_t EliminationOrder::factor_bytes() const {
  const std::size_t numbers =
      tree_->dissection ? tree_->dissection->factor_size : 5 * static_cast<std::size_t>(tree_->states);
  return numbers * sizeof(double);
}

Elimination::Elimination(const EliminationOrder& order, const Generator& generator, double shift)
    : factors_(std::make_shared<Factors>(Factors{order.tree_, {}})) {
  factors_->eliminate(generator, shift);
}

Elimination::Elimination(Elimination&& spent, const Generator& generator, double shift)
    : factors_(std::move(spent.factors_)) {
  if (factors_.use_count() > 1) factors_ = std::make_shared<Factors>(Factors{factors_->tree, {}});
  factors_->eliminate(generator, shift);
}

Eigen::VectorXd Elimination::solve(const Eigen::Ref<const Eigen::VectorXd>& f) const {
  return solve_columns(f);
}

Eigen::VectorXd Elimination::solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const {
  return solve_forward_columns(f);
}

template <class Solve>
Eigen::MatrixXd Elimination::solved(const Eigen::Ref<const Eigen::MatrixXd>& f, const char* equation,
                                    const Solve& solve) const {
  require_states(factors_->tree->states, f.rows());
  Eigen::MatrixXd x(f.rows(), f.cols());
  if (const auto* chain = std::get_if<ChainFactors>(&factors_->numbers))
    for (Index c = 0; c < f.cols(); ++c) x.col(c) = solve(*chain, f.col(c));
  else
    x = solve(*factors_->tree->dissection, std::get<MultifrontalFactors>(factors_->numbers), f);
  if (!x.allFinite())
    throw RangeError(fmt::format("the solution of the {} equation overflows double precision", equation));
  return x;
}

Eigen::MatrixXd Elimination::solve_columns(const Eigen::Ref<const Eigen::MatrixXd>& f) const {
  return solved(f, "backward", [](const auto&... of) { return valleyflux::solve(of...); });
}

Eigen::MatrixXd Elimination::solve_forward_columns(const Eigen::Ref<const Eigen::MatrixXd>& f) const {
  return solved(f, "forward", [](const auto&... of) { return valleyflux::solve_forward(of...); });
}

}  // namespace valleyflux
