#include "problems/tables/unsampled_points.hpp"

#include "problems/landscapes/tabulated_landscape.hpp"
#include "tests/problems/written_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

/// 121 points from -1.8 to 1.8, the value of each by its number and coordinate.
std::string rows_of(const std::function<double(int, double)>& value, const char* format = "{:.4f} {:.6f}\n") {
  std::string text;
  for (int k = 0; k <= 120; ++k) {
    const double x = -1.8 + 0.03 * k;
    text += fmt::format(fmt::runtime(format), x, value(k, x));
  }
  return text;
}

std::vector<std::string> said_of_landscape(const std::string& text, const TabulatedOptions& options = {}) {
  const Written written(text);
  std::vector<std::string> said;
  for (const std::string& warning : tabulated_landscape(written.file, options).warnings)
    if (warning.find("never sampled") != std::string::npos) said.push_back(warning);
  return said;
}

}  // namespace

TEST_CASE("one and the same value where the curve has risen is told with its lines") {
  const auto well = [](double x) { return 4.0 * quartic(x) / 2.0; };
  for (const double marker : {-1.0, 0.0}) {
    const auto at_edge =
        said_of_landscape(rows_of([&](int k, double x) { return k < 10 || k > 111 ? marker : well(x); }));
    REQUIRE(at_edge.size() == 1);
    CAPTURE(at_edge[0]);
    CHECK(at_edge[0].find(fmt::format("table.dat:1: 19 points hold one and the same value, {} (", marker)) !=
          std::string::npos);
    CHECK(at_edge[0].find("risen to") != std::string::npos);
    CHECK(at_edge[0].find("Write nan in their place, or leave them out by [domain] where") != std::string::npos);
    CHECK(said_of_landscape(rows_of([&](int k, double x) { return k < 10 ? marker : well(x); }))[0].find(
              "(lines 1 to 10, the first at column 1 = -1.8)") != std::string::npos);
    // A gap at the top of the barrier.
    const auto inside = said_of_landscape(
        rows_of([&](int k, double x) { return std::abs(k - 60) < 4 ? marker : 8.0 * std::exp(-2.0 * x * x) + x; }));
    REQUIRE(inside.size() == 1);
    CHECK(inside[0].find("table.dat:58: 7 points") != std::string::npos);
  }
  // Minus the landscape.
  CHECK(said_of_landscape(rows_of([&](int k, double x) { return k < 10 ? 0.0 : -5.0 - well(x); }), {.scale = -1.0})
            .size() == 1);

  std::string plane;
  for (int j = 0; j <= 40; ++j)
    for (int i = 0; i <= 40; ++i) {
      const double x = 0.1 * (i - 20), y = 0.1 * (j - 20), height = 6.0 * (x * x + y * y);
      plane += fmt::format("{:.1f} {:.1f} {:.5f}\n", x, y, height > 20.0 ? 0.0 : height);
    }
  CHECK(said_of_landscape(plane).size() == 1);
  // Where most points are like that the table is refused, and this says why.
  const Written mostly(rows_of([&](int k, double x) { return std::abs(k - 60) > 20 ? 0.0 : 5.0 + 11.0 * x * x; }));
  std::string said;
  try {
    tabulated_landscape(mostly.file);
  } catch (const std::invalid_argument& error) {
    said = error.what();
  }
  CHECK(said.find("set landscape.clip_above") != std::string::npos);
  CHECK(said.find("table.dat:1: 80 points hold one and the same value, 0 (") != std::string::npos);
}

TEST_CASE("plateaus of landscapes are not taken for points that were never sampled") {
  const auto quiet = [](const std::string& text, const TabulatedOptions& options = {}) {
    const auto said = said_of_landscape(text, options);
    CAPTURE((said.empty() ? "" : said[0]));
    CHECK(said.empty());
  };
  const auto well = [](double x) { return 4.0 * quartic(x) / 2.0; };
  quiet(rows_of([&](int, double x) { return std::min(well(x), 6.0); }));                           // cut off above
  quiet(rows_of([&](int k, double x) { return k < 10 ? 20.0 : well(x); }));                        // a wall
  quiet(rows_of([&](int, double x) { return x < 0.0 ? 30.0 : std::pow(x - 0.9, 2); }));            // a hard core
  quiet(rows_of([&](int, double x) { return x < 0.0 ? 30.0 : -std::exp(-x); }));                   // that attracts
  quiet(rows_of([&](int, double x) { return x < -0.5 ? 0.0 : x < 0.5 ? 5.0 : 1.0; }));             // steps
  quiet(rows_of([&](int, double x) { return well(x); }, "{:.4f} {:.0f}\n"));                       // few digits
  quiet(rows_of([&](int, double x) { return std::min(0.0, 5.0 * (x * x - 1.0)); }));               // a bias that ends
  quiet(rows_of([&](int, double x) { return std::max(0.0, x * x - 0.5); }));                       // a flat bottom
  quiet(rows_of([&](int, double x) { return std::abs(x) < 0.8 ? 1.0 : 2.0 * x * x + 0.5; }));      // and one with kinks
  quiet(rows_of([&](int, double x) { return std::abs(x) > 1.0 ? 0.0 : 0.5 * (1.0 + 0.3 * x); }));  // of a histogram
  quiet(rows_of([&](int, double x) { return 12.0 - std::max(std::exp(-8.0 * x * x), 1e-3); }));    // the top of WHAM
  std::string plane;
  for (int j = 0; j <= 40; ++j)
    for (int i = 0; i <= 40; ++i) {
      const double x = 0.1 * (i - 20), y = 0.1 * (j - 20);
      plane += fmt::format("{:.1f} {:.1f} {:.5f}\n", x, y, std::min(15.0, 6.0 * (x * x + y * y)));
    }
  quiet(plane);
}
