#pragma once

#include "solver/theory/predictions.hpp"

/// All closed forms of a problem, with limits worked out for this question alone.
template <int Dim>
std::vector<valleyflux::Prediction> predicted(const valleyflux::Problem<Dim>& problem,
                                              const std::vector<valleyflux::Passage>& passages, int from, int to,
                                              const valleyflux::TheoryOptions& options) {
  valleyflux::SaddleLimits<Dim> limits(problem);
  return valleyflux::predictions<Dim>(problem, passages, {from, to}, options, limits);
}
