#include "solver/methods/estimator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

using Made = Estimator();
Made quasi_stationary_method, mean_first_passage_method, flux_method, reactive_flux_method, langevin_method, sgd_method,
    splitting_method, sgd_chain_method, laplace_method, sgd_theorem_method, two_temperature_method, kramers_method;

const std::vector<Estimator>& estimators() {
  static const std::vector<Estimator> all{quasi_stationary_method(), mean_first_passage_method(), flux_method(),
                                          reactive_flux_method(),    langevin_method(),           sgd_method(),
                                          splitting_method(),        sgd_chain_method(),          laplace_method(),
                                          sgd_theorem_method(),      two_temperature_method(),    kramers_method()};
  return all;
}

const Estimator& estimator_of(const std::string& method) {
  const auto found = std::find_if(estimators().begin(), estimators().end(),
                                  [&](const Estimator& one) { return one.method == method; });
  if (found == estimators().end()) throw std::invalid_argument(fmt::format("no estimator of method \"{}\"", method));
  return *found;
}

}  // namespace valleyflux
