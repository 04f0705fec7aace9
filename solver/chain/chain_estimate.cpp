#include "solver/chain/chain_estimate.hpp"

#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/finite.hpp"
#include "solver/theory/predictions.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux {

Estimate sgd_chain_estimate(const Problem<1>& problem, const std::vector<Passage>& passages, const Escape& escape,
                            double eta, const std::optional<SgdDiffusionOptions>& sgd) {
  SgdChainOptions options;
  options.eta = eta;
  const SgdChainEscape chain = sgd_chain_escape(escape_problem<1>(problem, escape), escape_start<1>(problem, escape)[0],
                                                escape_target<1>(problem, escape), options);
  Estimate estimate;
  estimate.rate = chain.rate;
  estimate.log_rate = std::log(chain.rate);
  estimate.time = finite(chain.mean_time);
  estimate.low = chain.rate / (1.0 + chain.rate_error);
  estimate.high = chain.rate * (1.0 + chain.rate_error);
  estimate.note = fmt::format(
      "{}, discrete SGD: {:.6g} a step of {}; the rate is the chain's leading eigenvalue, the time its mean from the "
      "minimum, one over {:.6g}, which the method sgd samples",
      escape.first_exit() ? "first exit" : "transition", chain.rate_per_step, eta, 1.0 / chain.mean_time);
  const bool over_saddles = escape.first_exit() || escape.arrival == Arrival::core;
  if (!sgd || !over_saddles) return estimate;
  if (const auto s = matching_s<1>(problem, passages, escape.from, escape.to, *sgd, -std::log(chain.mean_time)))
    estimate.note += fmt::format("; Theorem 3.2 would need s = {:.4g}", *s);
  return estimate;
}

}  // namespace valleyflux
