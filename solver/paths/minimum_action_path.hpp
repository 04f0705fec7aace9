#pragma once

#include "problems/dynamics/coefficients.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace valleyflux {

/// The most probable path between two points in the low-noise limit.
struct ActionPath {
  Eigen::MatrixXd points;    // d x n, at equal distances, both ends included
  Eigen::MatrixXd momentum;  // d x n: p, the gradient of the quasi-potential along it
  Eigen::VectorXd action;    // n: the exponent up to each point, dimensionless
  double exponent = 0.0;     // Phi of the whole path: rates are of order exp(-Phi)
  double error = 0.0;        // of it, from half as many points
};

struct ActionPathOptions {
  Eigen::Index points = 257;     // 2^k + 1: refined from 33
  double tolerance = 1e-8;       // movement of a point that counts as none, in units of the length, scaled by the rates
  int most_iterations = 200000;  // on each level
};

/// Minimises Phi = 1/2 int ( |x'|_D |F|_D - x' . D^-1 F ) ds, |v|_D^2 = v^T D^-1 v, over all paths from a to b (d) by
/// the geometric minimum action method (Heymann & Vanden-Eijnden 2008): a semi-implicit descent with points kept at
/// equal distances, on finer and finer paths. The leading order is asked for: F alone, without noise-induced drift.
/// start: d x m points of the first path; by default the straight line. Throws std::invalid_argument where D is
/// singular on a path (the message names the place: the exponent diverges there, logarithmically) and for dynamics
/// that depend on time, SolverError if it does not converge.
ActionPath minimum_action_path(const Dynamics& dynamics, const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                               const Eigen::MatrixXd& start = {}, const ActionPathOptions& options = {});

/// The same from a stable point to a saddle of F, started at the path that relaxes from the saddle and beside it on
/// either side: the path of least exponent, and those that mirror it.
std::vector<ActionPath> paths_to_saddle(const Dynamics& dynamics, const Eigen::VectorXd& stable,
                                        const Eigen::VectorXd& saddle, const ActionPathOptions& options = {});

/// The path on which the saddle relaxes into the stable point along the flow dx/dt = F, turned round (d x m, from the
/// stable point to the saddle); nothing if neither side of the saddle leads there.
std::optional<Eigen::MatrixXd> relaxation_between(const Dynamics& dynamics, const Eigen::VectorXd& stable,
                                                  const Eigen::VectorXd& saddle);

/// The same, or the straight line, to begin a search from.
Eigen::MatrixXd relaxation_path(const Dynamics& dynamics, const Eigen::VectorXd& stable, const Eigen::VectorXd& saddle);

}  // namespace valleyflux
