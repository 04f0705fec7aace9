#include "tools/benchmarks/coverage/particle_cases.hpp"

#include "tools/benchmarks/coverage/case_text.hpp"
#include "tools/benchmarks/coverage/chain_truth.hpp"
#include "tools/benchmarks/coverage/line_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux::coverage {

namespace {

struct DoubleWell {
  LineProcess process;
  Segment box;
  double start = 0.0, divide = 0.0, arrival = 0.0;
  double fastest = 0.0;  // the largest |L''| on the way

  DoubleWell(Random& random, double lowest, double highest) {
    process = draw_double_well(random);
    draw_noise(process, random, 0.0);
    const std::vector<double> wells = process.stable_points(-2.0, 2.0), tops = process.unstable_points(-1.0, 1.0);
    if (wells.size() != 2 || tops.size() != 1) throw Unfit("not a double well");
    start = wells[0];
    divide = tops[0] + random.uniform(-0.1, 0.1);
    arrival = wells[1] - random.uniform(0.0, 0.6) * (wells[1] - divide);
    set_barrier(process, start, arrival, random.log_uniform(lowest, highest));
    constexpr double unfelt = 30.0;
    box = confined(process, wells[0], wells[1], unfelt);
    if (random.chance(0.3)) box.low = start - random.uniform(0.2, 1.0) * (start - box.low);  // a wall that is felt
    constexpr double h = 1e-4;
    for (double x = wells[0] - 0.2; x < wells[1]; x += 0.01)
      fastest =
          std::max(fastest, std::abs(static_cast<double>(process.slope(x + h) - process.slope(x - h)) / (2.0 * h)));
  }

  double log_time(double end) const { return log_mean_time(process, {box.low, end, false, true}, start); }

  std::string text(const std::string& to, const std::string& method, Index cells) const {
    return fmt::format(
               "[landscape]\nexpression = \"{}\"\n[diffusion]\nmodel = \"expression\"\nD = \"{}\"\n"
               "interpretation = \"{}\"\n[grid]\n",
               process.landscape_text("x"), process.noise_text("x"), process.interpretation()) +
           axis_text("x", box.low, box.high, cells, Boundary::reflecting, Boundary::reflecting) +
           valley_text("left", "x < " + digits(divide), "") +
           valley_text("right", "x > " + digits(divide), "x > " + digits(arrival)) + escape_text("left", to, {method}) +
           escapes_alone();
  }
};

CoveredCase particles(Random& random, const DoubleWell& well, const std::string& method, double fewest_steps,
                      const std::string& options) {
  const bool exit = random.chance(0.4);
  const std::string to = exit ? "first_exit" : "right";
  const double log_time = well.log_time(exit ? well.divide : well.arrival);
  const double step = std::max(random.log_uniform(0.002, 0.2) / well.fastest, fewest_steps);
  CoveredCase made;
  made.truths = {{"left", to, method, -log_time}};
  made.toml = well.text(to, method, static_cast<Index>(random.log_uniform(40.0, 400.0))) +
              fmt::format("[langevin]\nstep = {}\nscheme = \"{}\"\nseed = {}\n{}", digits(step),
                          random.chance(0.5) ? "platen" : "euler_maruyama", random.choice(1000000), options);
  return made;
}

}  // namespace

CoveredCase langevin_case(Random& random) {
  const DoubleWell well(random, 2.0, 5.0);
  constexpr int count = 300;
  constexpr double most_steps = 3e7;
  return particles(random, well, "langevin", std::exp(well.log_time(well.arrival)) * count / most_steps,
                   fmt::format("particles = {}\n", count));
}

CoveredCase splitting_case(Random& random) {
  const DoubleWell well(random, 3.0, 30.0);
  return particles(random, well, "splitting", 0.0, "replicas = 40\nruns = 16\n");
}

CoveredCase chain_case(Random& random) {
  constexpr double lowest = 2.0, highest = 60.0;
  const DoubleWell well(random, lowest, highest);
  ChainEscape escape;
  escape.process = well.process;
  escape.box = well.box;
  escape.start = well.start;
  escape.eta = random.log_uniform(0.03, 1.0) / well.fastest;
  const bool exit = random.chance(0.4);
  escape.target = {exit ? well.divide : well.arrival, well.box.high};
  CoveredCase made;
  const std::string to = exit ? "first_exit" : "right";
  made.truths = {{"left", to, "sgd_chain", chain_truth(escape).log_rate}};
  made.toml = well.text(to, "sgd_chain", static_cast<Index>(random.log_uniform(40.0, 400.0))) +
              fmt::format("[langevin]\nstep = {}\n", digits(escape.eta));
  return made;
}

}  // namespace valleyflux::coverage
