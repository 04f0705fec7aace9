#include "solver/losses/coordinate_rates.hpp"
#include "solver/methods/estimator.hpp"

#include <fmt/format.h>

namespace valleyflux {

namespace {

template <int Dim>
std::optional<SaddleForm<Dim>> kramers_at_saddles(const SaddleEscape<Dim>& escape) {
  if (!escape.landscape() || escape.noise_varies() || escape.options().sgd) return std::nullopt;
  if (!escape.white_noise())
    return SaddleForm<Dim>{"the formula is for isotropic noise, D is not a multiple of the identity", {}, {}};
  return SaddleForm<Dim>{fmt::format("{}: {}, low-noise limit", Dim == 1 ? "Eq. 34" : "Eq. 44", escape.kind()),
                         {},
                         [&escape](const auto& saddle) -> std::vector<WayRate> {
                           return {{kramers_rate(escape.pass_at(*escape.minimum()), escape.pass_at(saddle))}};
                         }};
}

PassForm kramers_at_pass(const PassEscape& pass) {
  return {"Eq. 44", {}, [&pass] { return kramers_rate(pass.minimum, pass.saddle); }};
}

}  // namespace

/// Kramers' formula, and that of Eyring and Kramers, of white noise in a landscape.
Estimator theory_kramers_method() {
  return {
      .closed_form = ClosedForm{.absence = "the formula is for constant noise that is not SGD noise, in a landscape",
                                .at_saddles = {&kramers_at_saddles<1>, &kramers_at_saddles<2>},
                                .suits_pass = [](const TheoryOptions&, bool white) { return white; },
                                .at_pass = &kramers_at_pass},
      .loss = &closed_forms_of_loss};
}

}  // namespace valleyflux
