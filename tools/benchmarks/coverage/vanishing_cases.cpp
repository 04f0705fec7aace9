#include "tools/benchmarks/coverage/vanishing_cases.hpp"

#include "tools/benchmarks/coverage/case_text.hpp"
#include "tools/benchmarks/coverage/line_shapes.hpp"
#include "tools/benchmarks/coverage/line_truth.hpp"
#include "tools/benchmarks/coverage/transformed_process.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux::coverage {

CoveredCase vanishing_case(Random& random) {
  const bool ends_at_1 = random.chance(0.5);
  const double a = random.log_uniform(0.1, 3.0), s = random.log_uniform(0.1, 2.0), b = random.log_uniform(0.1, 3.0);
  const double start = ends_at_1 ? a / (a + b) : a / b;
  const double reach = ends_at_1 ? 1.0 - start : start * random.log_uniform(0.5, 10.0);
  const double edge = start + random.uniform(0.1, 0.6) * reach, core = edge + random.uniform(0.02, 0.3) * reach;
  const double end = ends_at_1 ? 1.0 : core + random.uniform(0.05, 1.0) * reach;
  const TransformedProcess line = ends_at_1 ? jacobi_process(a, b, s) : square_root_process(a, b, s);
  CoveredCase made;
  for (const auto& [to, place] : {std::pair{"first_exit", edge}, std::pair{"above", core}}) {
    const Interval interval{line.low, line.variable(place), false, true};
    made.truths.push_back(
        {"below", to, "mean_first_passage", -log_mean_time(line.process, interval, line.variable(start))});
    made.truths.push_back({"below", to, "quasi_stationary",
                           principal_rate(line.process, interval, {interval.low, interval.high}).log_rate});
  }
  const double cells = random.log_uniform(8.0, 400.0);
  const std::string drift = ends_at_1 ? fmt::format("({})*(({})*(1 - x) - ({})*x)", digits(s), digits(a), digits(b))
                                      : fmt::format("({})*({} - ({})*x)", digits(s), digits(a), digits(b));
  made.toml =
      fmt::format("[drift]\nexpression = [\"{}\"]\n[diffusion]\nmodel = \"expression\"\nD = \"({})*{}\"\n[grid]\n",
                  drift, digits(s), ends_at_1 ? "x*(1 - x)" : "x") +
      axis_text("x", 0.0, end, static_cast<Index>(cells), Boundary::reflecting, Boundary::reflecting) +
      valley_text("below", "x < " + digits(edge), "") +
      valley_text("above", "x > " + digits(edge), "x > " + digits(core)) +
      escape_text("below", "first_exit", {"mean_first_passage", "quasi_stationary"}) +
      escape_text("below", "above", {"mean_first_passage", "quasi_stationary"}) + escapes_alone();
  return made;
}

}  // namespace valleyflux::coverage
