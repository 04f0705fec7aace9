#include "solver/methods/estimator.hpp"

#include <fmt/format.h>

namespace valleyflux {

namespace {

template <int Dim>
std::optional<SaddleForm<Dim>> formula_at_saddles(const SaddleEscape<Dim>& escape) {
  if (!escape.landscape() || !escape.noise_varies()) return std::nullopt;
  const TheoryOptions& options = escape.options();
  const auto s_of = [&escape, &options](const CriticalPoint<Dim>& saddle) {
    return share_of_change(escape.pass_at(*escape.minimum()), escape.pass_at(saddle), options);
  };
  const auto& saddles = escape.saddles();
  const std::string s = options.two_temperature
                            ? (saddles.empty() ? "" : fmt::format("s = {:.4g} of the noise", s_of(saddles[0])))
                            : fmt::format("s = {}", options.s);
  return SaddleForm<Dim>{fmt::format("Eq. {} at {}: {}, low-noise limit", Dim == 1 ? 73 : 83, s, escape.kind()),
                         two_temperature_assumptions(options), [&escape, s_of](const auto& saddle) {
                           const Pass at_minimum = escape.pass_at(*escape.minimum()),
                                      at_saddle = escape.pass_at(saddle);
                           return escape.over_ways(saddle, [&](const EscapeWay& way) -> WayRate {
                             return {two_temperature_rate(at_minimum, at_saddle, way, s_of(saddle)), way,
                                     escape.measured_s(saddle, way.at_minimum.dot(at_minimum.noise * way.at_minimum),
                                                       way.at_saddle.dot(at_saddle.noise * way.at_saddle))};
                           });
                         }};
}

PassForm formula_at_pass(const PassEscape& pass) {
  const double s = share_of_change(pass.minimum, pass.saddle, pass.options);
  return {fmt::format("Eq. 83 at s = {:.4g}", s), two_temperature_assumptions(pass.options),
          [&pass, s] { return two_temperature_rate(pass.minimum, pass.saddle, pass.way, s); }};
}

}  // namespace

/// The formula of two temperatures that Theorem 3.2 is proved by, of noise that varies.
Estimator theory_two_temperature_method() {
  return {.closed_form = ClosedForm{.absence = "the formula is for noise that varies, in a landscape",
                                    .at_saddles = {&formula_at_saddles<1>, &formula_at_saddles<2>},
                                    .suits_pass = [](const TheoryOptions&, bool white) { return !white; },
                                    .at_pass = &formula_at_pass}};
}

}  // namespace valleyflux
