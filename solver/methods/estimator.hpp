#pragma once

#include "solver/chain/chain_method.hpp"
#include "solver/escape/grid_method.hpp"
#include "solver/losses/loss_method.hpp"
#include "solver/particles/particle_methods.hpp"
#include "solver/theory/closed_form.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// How one method is carried out; what is empty it is not for (problems/methods.hpp says what it is for).
struct Estimator {
  std::string method = {};                     // its name, which the list of methods gives it
  std::optional<GridMethod> grid = {};         // on every grid of the problem
  ParticleMethod particles = nullptr;          // on a grid or in a box
  std::optional<ChainMethod> chain = {};       // on the line
  std::optional<ClosedForm> closed_form = {};  // at saddles of a grid, or at the pass between two minima
  LossMethod loss = nullptr;                   // of the box of a loss
};

/// All of them, one a file of this folder, best rank first: the order in which closed forms are reported.
const std::vector<Estimator>& estimators();

/// Throws std::invalid_argument for what is no method's own name.
const Estimator& estimator_of(const std::string& method);

}  // namespace valleyflux
