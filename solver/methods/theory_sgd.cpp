#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/losses/coordinate_rates.hpp"
#include "solver/methods/estimator.hpp"

#include <fmt/format.h>

namespace valleyflux {

namespace {

template <int Dim>
std::optional<SaddleForm<Dim>> theorem_at_saddles(const SaddleEscape<Dim>& escape) {
  const TheoryOptions& options = escape.options();
  if (!escape.landscape() || !options.sgd) return std::nullopt;
  std::string note = fmt::format("Theorem 3.2 at s = {}: {}, low-noise limit", options.s, escape.kind());
  if (options.sgd->injected > 0) note += "; it knows nothing of the injected noise";
  return SaddleForm<Dim>{std::move(note), sgd_assumptions(*options.sgd), [&escape, &options](const auto& saddle) {
                           const SgdDiffusionOptions& sgd = *options.sgd;
                           const CriticalPoint<Dim>& minimum = *escape.minimum();
                           const double scale = 0.5 * sgd.eta / sgd.batch_size;
                           return escape.over_ways(saddle, [&](const EscapeWay& way) -> WayRate {
                             return {
                                 sgd_rate(escape.pass_at(minimum), escape.pass_at(saddle), way, sgd, options.s), way,
                                 escape.measured_s(saddle, scale * way.at_minimum.dot(minimum.hessian * way.at_minimum),
                                                   -scale * way.at_saddle.dot(saddle.hessian * way.at_saddle))};
                           });
                         }};
}

PassForm theorem_at_pass(const PassEscape& pass) {
  const TheoryOptions& options = pass.options;
  return {fmt::format("Theorem 3.2 at s = {}", options.s), sgd_assumptions(*options.sgd),
          [&pass, &options] { return sgd_rate(pass.minimum, pass.saddle, pass.way, *options.sgd, options.s); }};
}

}  // namespace

/// Theorem 3.2, of SGD noise.
Estimator theory_sgd_method() {
  return {.closed_form =
              ClosedForm{.absence = "the theorem is for SGD noise, diffusion.model = \"sgd\" or \"gradient_noise\", in "
                                    "a landscape",
                         .at_saddles = {&theorem_at_saddles<1>, &theorem_at_saddles<2>},
                         .suits_pass = [](const TheoryOptions& options, bool) { return options.sgd.has_value(); },
                         .at_pass = &theorem_at_pass},
          .loss = &closed_forms_of_loss};
}

}  // namespace valleyflux
