#pragma once

#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace valleyflux {

struct StringOptions {
  Index images = 65;                    // points of the path, >= 17
  double tolerance = 1e-8;              // of the largest move per step beside its first value, once even
  long max_iterations = 200000;         // of each number of images
  std::optional<Eigen::MatrixXd> path;  // d x m, m >= 4: where to start; default: the straight line
};

/// A place where the height along a path has a maximum or a minimum.
struct PathExtremum {
  Eigen::VectorXd position;  // d
  double height = 0.0;       // L there
  bool maximum = true;
  bool refined = false;  // a critical point of L to round-off; otherwise the extremum of a parabola through 3 images
  int index = 0;         // negative eigenvalues of the Hessian: 1 for the saddle that a maximum should be
};

/// Path of least energy: grad L is tangential all along it.
struct MinimumEnergyPath {
  Eigen::MatrixXd points;             // d x n, neighbours equally distant
  Eigen::VectorXd heights;            // n: L
  std::vector<PathExtremum> extrema;  // between the ends, in their order along the path
  PathExtremum top;                   // the highest of all (the higher end if there is no maximum between them)
  double barrier = 0.0;               // height of the top above the first point
  double barrier_error = 0.0;         // against half as many images
  double path_error = 0.0;            // largest distance to the path of half as many images
  double length = 0.0;
  double residual = 0.0;  // largest |normal part of grad L| / largest |grad L|, tangents from the path's spline
  long iterations = 0;    // in all
};

/// From a to b (d each, two minima) by the simplified string method (E, Ren & Vanden-Eijnden, J. Chem. Phys. 126,
/// 164103, 2007): all images take a step down the gradient, then are put back at equal distances along the cubic spline
/// through them; first with a quarter and half of the images, the better start for all of them. The extrema found are
/// refined by Newton's method for grad L = 0, so that the barrier does not depend on the images once these find the
/// right pass. Which pass that is depends on the start: a path is a minimum among its neighbours. Throws
/// std::invalid_argument for shapes that do not fit and L that is not finite on the way or depends on time, SolverError
/// without convergence.
MinimumEnergyPath minimum_energy_path(const Landscape& landscape, const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                                      const StringOptions& options = {});

}  // namespace valleyflux
