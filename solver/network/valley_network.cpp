#include "solver/network/valley_network.hpp"

#include "solver/elimination/dense_elimination.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace valleyflux {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Which states can be reached from which (row to column), themselves included.
std::vector<std::vector<char>> reachable(const Eigen::MatrixXd& rate) {
  const auto n = static_cast<std::size_t>(rate.rows());
  std::vector<std::vector<char>> reach(n, std::vector<char>(n, 0));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) reach[i][j] = i == j || rate(static_cast<Index>(i), static_cast<Index>(j)) > 0;
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) reach[i][j] |= reach[i][k] && reach[k][j];
  return reach;
}

/// left: probabilities of being in the states having left a core last, by core.
template <int Dim, class LeftLast>
ValleyNetwork network_of(const CoreProcess<Dim>& process, const Eigen::VectorXd& stationary,
                         const LeftLast& left_last) {
  const auto n = static_cast<Index>(process.cores());
  ValleyNetwork network;
  network.rate.resize(n, n);
  network.underflow.setConstant(n, n, false);
  network.probability.resize(n);
  for (Index a = 0; a < n; ++a) {
    const auto core = static_cast<std::size_t>(a);
    const Eigen::VectorXd left = left_last(core);
    network.probability[a] = process.having_left_last(core, left, stationary);
    network.rate.row(a) = process.fluxes(core, left, stationary).transpose() / network.probability[a];
    if ((network.rate.row(a).array() == 0).count() == 1) continue;  // the diagonal
    const std::vector<char> reach = process.within_reach(core);
    for (Index b = 0; b < n; ++b)
      network.underflow(a, b) = b != a && network.rate(a, b) == 0 && reach[static_cast<std::size_t>(b)];
  }
  network.probability /= network.probability.sum();
  return network;
}

}  // namespace

template <int Dim>
ValleyNetwork valley_network(const Level<Dim>& level) {
  std::vector<int> valleys;
  std::vector<Region<Dim>> cores;
  for (std::size_t v = 0; v < level.problem.valleys.size(); ++v) {
    if (level.problem.valleys[v].core.empty()) continue;
    valleys.push_back(static_cast<int>(v));
    cores.push_back(level.problem.valleys[v].core);
  }
  const Eigen::VectorXd& stationary = level.stationary_weights();
  ValleyNetwork network;
  if (valleys.size() <= most_kept_cores) {
    const SolvedCores<Dim>& solved = cores_on<Dim>(level, valleys);
    network = network_of<Dim>(solved.process, stationary,
                              [&](std::size_t core) { return solved.left.col(static_cast<Index>(core)); });
  } else {
    const CoreProcess<Dim> process(level.problem, level.discretisation, std::move(cores));
    const std::unique_ptr<LinearSolver> solver = process.solver(*engine_of(level));
    network = network_of<Dim>(process, stationary,
                              [&](std::size_t core) { return process.left_last(*solver, {core}, stationary); });
  }
  network.valleys = std::move(valleys);
  return network;
}

Eigen::MatrixXd passage_times(const Eigen::MatrixXd& rate) {
  const Index n = rate.rows();
  const auto reach = reachable(rate);
  Eigen::MatrixXd time = Eigen::MatrixXd::Constant(n, n, infinity);
  for (Index target = 0; target < n; ++target) {
    time(target, target) = 0.0;
    // Those that may get stuck where the target is out of reach arrive after an infinite time, in the mean.
    std::vector<Index> kept;
    for (Index i = 0; i < n; ++i) {
      const auto& from = reach[static_cast<std::size_t>(i)];
      bool certain = i != target;
      for (std::size_t j = 0; j < from.size(); ++j) certain &= !from[j] || reach[j][static_cast<std::size_t>(target)];
      if (certain) kept.push_back(i);
    }
    if (kept.empty()) continue;
    const DenseElimination elimination(rate(kept, kept), rate(kept, target));
    const Eigen::VectorXd times = elimination.solve(Eigen::VectorXd::Ones(static_cast<Index>(kept.size())));
    time(kept, target) = times;
  }
  return time;
}

Eigen::MatrixXd sequential_times(const Eigen::MatrixXd& rate) {
  const Index n = rate.rows();
  Eigen::MatrixXd time = (rate.array() > 0).select(rate.cwiseInverse(), infinity);
  time.diagonal().setZero();
  for (Index k = 0; k < n; ++k)
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j) time(i, j) = std::min(time(i, j), time(i, k) + time(k, j));
  return time;
}

Eigen::VectorXd probability_by_escape_times(const Eigen::MatrixXd& rate) {
  const Eigen::VectorXd time = (rate.rowwise().sum() - rate.diagonal()).cwiseInverse();
  if (!time.allFinite()) {
    // Valleys that are never left share everything.
    const Eigen::VectorXd kept = time.unaryExpr([](double t) { return t < infinity ? 0.0 : 1.0; });
    return kept / kept.sum();
  }
  return time / time.sum();
}

template ValleyNetwork valley_network(const Level<1>&);
template ValleyNetwork valley_network(const Level<2>&);

}  // namespace valleyflux
