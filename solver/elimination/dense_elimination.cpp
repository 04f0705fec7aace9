#include "solver/elimination/dense_elimination.hpp"

#include "solver/elimination/elimination.hpp"

#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// Eliminates the states n - 1 ... last + 1 in place; total[s]: the way out of each of them when its turn came.
void eliminate_down_to(Index last, Eigen::MatrixXd& rates, Eigen::VectorXd& exit, Eigen::VectorXd& total) {
  for (Index s = rates.rows() - 1; s > last; --s) {
    total[s] = rates.row(s).head(s).sum() + exit[s];
    if (!(total[s] > 0)) throw NoWayOut(s);
    const Eigen::RowVectorXd share = rates.row(s).head(s) / total[s];
    rates.topLeftCorner(s, s).noalias() += rates.col(s).head(s) * share;
    exit.head(s) += rates.col(s).head(s) * (exit[s] / total[s]);
  }
}

}  // namespace

DenseElimination::DenseElimination(Eigen::MatrixXd rates, Eigen::VectorXd exit)
    : rates_(std::move(rates)), total_(exit.size()) {
  if (rates_.rows() != rates_.cols() || rates_.rows() != exit.size())
    throw std::invalid_argument("a dense elimination needs a square of rates and an exit rate for each state");
  eliminate_down_to(-1, rates_, exit, total_);
}

Eigen::VectorXd DenseElimination::solve(Eigen::VectorXd f) const {
  for (Index s = f.size() - 1; s > 0; --s) f.head(s) += rates_.col(s).head(s) * (f[s] / total_[s]);
  for (Index s = 0; s < f.size(); ++s) f[s] = (f[s] + rates_.row(s).head(s).dot(f.head(s))) / total_[s];
  return f;
}

Eigen::VectorXd DenseElimination::solve_forward(Eigen::VectorXd f) const {
  for (Index s = f.size() - 1; s > 0; --s) f.head(s) += rates_.row(s).head(s).transpose() * (f[s] / total_[s]);
  for (Index s = 0; s < f.size(); ++s) f[s] = (f[s] + rates_.col(s).head(s).dot(f.head(s))) / total_[s];
  return f;
}

Eigen::VectorXd dense_stationary(Eigen::MatrixXd rates) {
  const Index n = rates.rows();
  Eigen::VectorXd exit = Eigen::VectorXd::Zero(n), total = Eigen::VectorXd::Zero(n), law(n);
  eliminate_down_to(0, rates, exit, total);
  law[0] = 1.0;
  for (Index s = 1; s < n; ++s) law[s] = rates.col(s).head(s).dot(law.head(s)) / total[s];
  return law / law.sum();
}

}  // namespace valleyflux
