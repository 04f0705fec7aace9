// What a plain loop of some lines does.
//   peer_loops density FILE POINTS                          of a chain on the line, by a contour of complex solves
//   peer_loops particles NUMBER NOISE STEP EXACT            Euler and Maruyama, the standard library's generator

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/peers/contour.hpp"
#include "tools/benchmarks/suite/peers/peer.hpp"

#include <cmath>
#include <random>

namespace {

suite::Outcome density(const suite::Words& words) {
  const suite::Chain chain = suite::read_chain(words.at(1));
  std::vector<double> p;
  const double seconds = suite::seconds_of([&] { p = suite::density_on_line<double>(chain, std::stoi(words.at(2))); });
  return {seconds, suite::l1_error(p, chain.answer), "g++ " __VERSION__, "contour, " + words.at(2) + " points"};
}

/// Mean time from -1 until a step ends beyond 0.8 in (x^2 - 1)^2.
suite::Outcome particles(const suite::Words& words) {
  const int number = std::stoi(words.at(1));
  const double noise = std::stod(words.at(2)), step = std::stod(words.at(3)), exact = std::stod(words.at(4));
  double mean = 0.0;
  long steps = 0;
  const double seconds = suite::seconds_of([&] {
    std::mt19937_64 bits(1);
    std::normal_distribution<double> normal;
    const double scale = std::sqrt(2.0 * noise * step);
    steps = 0;
    for (int particle = 0; particle < number; ++particle)
      for (double x = -1.0; x < 0.8; ++steps) x += scale * normal(bits) - step * 4.0 * x * (x * x - 1.0);
    mean = step * static_cast<double>(steps) / number;
  });
  char note[64];
  std::snprintf(note, sizeof note, "%.3g ns a step", 1e9 * seconds / static_cast<double>(steps));
  return {seconds, std::abs(mean / exact - 1.0), "g++ " __VERSION__, note};
}

}  // namespace

int main(int count, char** arguments) {
  return suite::tell_of(count, arguments, [](const suite::Words& words) {
    return words.at(0) == "density" ? density(words) : particles(words);
  });
}
