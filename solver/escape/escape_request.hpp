#pragma once

#include "solver/escape/escape.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace valleyflux {

/// One escape and the methods it is to be measured by: quasi_stationary, mean_first_passage, flux, reactive_flux
/// (transition path theory; needs a stationary law), theory (all closed forms that apply), theory:kramers, theory:sgd,
/// langevin (particles, by the dynamics asked for), sgd (particles by the chain of discrete SGD), splitting (particles
/// by adaptive multilevel splitting).
struct EscapeRequest {
  Escape escape;
  std::vector<std::string> methods{"quasi_stationary", "mean_first_passage", "flux", "reactive_flux", "theory"};

  bool asks_for(const std::string& method) const {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
  }
};

}  // namespace valleyflux
