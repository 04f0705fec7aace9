#include "tools/benchmarks/coverage/line_process.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux::coverage {

std::string digits(double x) {
  std::string text = fmt::format("{:.17g}", x);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

long double LineProcess::landscape(long double x) const {
  long double sum = 0.0L;
  for (std::size_t k = polynomial.size(); k-- > 0;) sum = sum * x + static_cast<long double>(polynomial[k]);
  for (const Wave& wave : waves)
    sum += static_cast<long double>(wave.amplitude) *
           std::sin(static_cast<long double>(wave.frequency) * x + static_cast<long double>(wave.phase));
  return sum;
}

long double LineProcess::slope(long double x) const {
  long double sum = 0.0L;
  for (std::size_t k = polynomial.size(); k-- > 1;)
    sum = sum * x + static_cast<long double>(k) * static_cast<long double>(polynomial[k]);
  for (const Wave& wave : waves) {
    const long double w = wave.frequency;
    sum += static_cast<long double>(wave.amplitude) * w * std::cos(w * x + static_cast<long double>(wave.phase));
  }
  return sum;
}

long double LineProcess::noise(long double x) const {
  return static_cast<long double>(diffusion) * (1.0L + static_cast<long double>(modulation.amplitude) *
                                                           std::sin(static_cast<long double>(modulation.frequency) * x +
                                                                    static_cast<long double>(modulation.phase)));
}

std::vector<double> LineProcess::zeros(double low, double high, bool stable) const {
  constexpr int samples = 4000;
  const auto rises = [&](long double x) { return slope(x) > static_cast<long double>(tilt); };
  std::vector<double> found;
  for (int k = 0; k < samples; ++k) {
    const long double width = (static_cast<long double>(high) - low) / samples;
    long double a = low + width * k, b = a + width;
    if (rises(a) == rises(b) || rises(b) != stable) continue;
    for (int halving = 0; halving < 80; ++halving) {
      const long double middle = 0.5L * (a + b);
      (rises(middle) == stable ? b : a) = middle;
    }
    found.push_back(static_cast<double>(0.5L * (a + b)));
  }
  return found;
}

std::vector<double> LineProcess::stable_points(double low, double high) const {
  return zeros(low, high, true);
}

std::vector<double> LineProcess::unstable_points(double low, double high) const {
  return zeros(low, high, false);
}

std::string LineProcess::landscape_text(const std::string& variable) const {
  std::string text;
  for (std::size_t k = 1; k < polynomial.size(); ++k)
    if (polynomial[k] != 0.0)
      text += fmt::format("{}({})*{}^{}", text.empty() ? "" : " + ", digits(polynomial[k]), variable, k);
  for (const Wave& wave : waves)
    text += fmt::format("{}({})*sin(({})*{} + ({}))", text.empty() ? "" : " + ", digits(wave.amplitude),
                        digits(wave.frequency), variable, digits(wave.phase));
  return text;
}

std::string LineProcess::slope_text(const std::string& variable) const {
  std::string text;
  for (std::size_t k = 1; k < polynomial.size(); ++k) {
    if (polynomial[k] == 0.0) continue;
    text += fmt::format("{}{}*({})", text.empty() ? "" : " + ", k, digits(polynomial[k]));
    if (k > 1) text += fmt::format("*{}^{}", variable, k - 1);
  }
  for (const Wave& wave : waves)
    text += fmt::format("{}({})*({})*cos(({})*{} + ({}))", text.empty() ? "" : " + ", digits(wave.amplitude),
                        digits(wave.frequency), digits(wave.frequency), variable, digits(wave.phase));
  return text;
}

std::string LineProcess::noise_text(const std::string& variable) const {
  if (modulation.amplitude == 0.0) return digits(diffusion);
  return fmt::format("({})*(1 + ({})*sin(({})*{} + ({})))", digits(diffusion), digits(modulation.amplitude),
                     digits(modulation.frequency), variable, digits(modulation.phase));
}

std::string LineProcess::interpretation() const {
  return alpha == 0.0 ? "ito" : alpha == 1.0 ? "isothermal" : "stratonovich";
}

}  // namespace valleyflux::coverage
