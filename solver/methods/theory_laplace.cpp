#include "solver/losses/coordinate_rates.hpp"
#include "solver/methods/estimator.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

namespace {

/// Where the noise is white, in a landscape, it is Kramers' formula.
template <int Dim>
std::optional<SaddleForm<Dim>> limit_at_saddles(const SaddleEscape<Dim>& escape) {
  if (escape.white_noise() && escape.landscape()) return std::nullopt;
  return SaddleForm<Dim>{
      fmt::format("{}, {}, low-noise limit", escape.kind(), name_of(escape.dynamics().interpretation)),
      {},
      [&escape](const auto& saddle) -> std::vector<WayRate> {
        const SaddleLimit& limit = escape.limit_at(saddle);
        if (!limit.log_rate) throw std::invalid_argument(limit.failure);
        return {{{*limit.log_rate, *limit.exponent}}};
      }};
}

}  // namespace

/// The exact low-noise limit for any drift, D(x) and interpretation.
Estimator theory_laplace_method() {
  return {.closed_form = ClosedForm{.absence = "of isotropic constant noise in a landscape the limit is theory:kramers",
                                    .at_saddles = {&limit_at_saddles<1>, &limit_at_saddles<2>}},
          .loss = &closed_forms_of_loss};
}

}  // namespace valleyflux
