#include "problems/case/build_problem.hpp"
#include "problems/case/case_file.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "tests/problems/written_table.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

double ring_value(double degrees) {
  const double phi = degrees * M_PI / 180.0;
  return 4.0 + 3.0 * std::cos(phi) + 5.0 * std::cos(2.0 * phi) + std::sin(phi);
}

/// Rows of angles in steps of five degrees, the value at the last one moved; with standard errors below a head that has
/// an e.
std::string turn_rows(const std::string& head, double first, double last, double moved = 0.0,
                      const std::function<double(double)>& value = ring_value) {
  std::string text = head;
  const char* const errors = head.ends_with(" e\n") ? " 0.3" : "";
  for (double at = first; at <= last; at += 5.0)
    text += fmt::format("{} {:.12g}{}\n", at, value(at) + (at + 5.0 > last ? moved : 0.0), errors);
  return text;
}

struct TurnCase : Written {
  using Written::Written;
  Case of(const std::string& keys, const std::string& noise = "D = 0.5") const {
    return read_case("variables = [\"phi\"]\n[landscape]\nfile = \"table.dat\"\n[diffusion]\n" + noise + "\n" + keys,
                     "case.toml", path);
  }
  std::string fault(const std::string& keys, const std::string& noise = "D = 0.5") const {
    try {
      of(keys, noise);
    } catch (const CaseError& error) {
      return error.what();
    }
    return "read";
  }
};

bool some_says(const std::vector<std::string>& warnings, const std::string& part) {
  return std::any_of(warnings.begin(), warnings.end(),
                     [&](const std::string& one) { return one.find(part) != std::string::npos; });
}

double ring_height(const Case& definition, double x) {
  FieldSamples samples;
  definition.dynamics->drift.landscape()->sample(Eigen::MatrixXd::Constant(1, 1, x), 0, samples);
  return samples.value[0];
}

}  // namespace

TEST_CASE("lengths are no angles though they count to 360") {
  const auto axis = [](const std::string& head, const TableOptions& options = {}) {
    const TabulatedValues table = read_text(turn_rows(head, 0.0, 355.0), options).values;
    return std::pair{table.axes[0].periodic, table.doubts};
  };
  for (const char* head :
       {"# r [pm] F\n", "# x [pm] F\n", "# phi [pm] F\n", "# r F\n", "# distance F\n", "# s [foo] F\n"})
    CHECK(axis(head) == std::pair{false, std::vector<std::string>{}});
  for (const char* head : {"# phi F\n", "# x [deg] F\n", "# dihedral_1 F\n"})
    CHECK(axis(head) == std::pair{true, std::vector<std::string>{}});
  for (const char* head : {"", "# x F\n", "# cv F\n"}) {
    const auto [periodic, doubts] = axis(head);
    CHECK(periodic);
    CHECK(some_says(doubts, "is taken for an angle, periodic; boundary = \"reflecting\" of this axis in [grid]"));
    CHECK(axis(head, {.said = {.coordinates = {{"", "deg"}}}}) == std::pair{true, std::vector<std::string>{}});
    CHECK(axis(head, {.said = {.coordinates = {{"", "pm"}}}}) == std::pair{false, std::vector<std::string>{}});
    CHECK(axis(head, {.said = {.coordinates = {{"x", "", true}, {"cv", "", true}}}}).second.empty());
    CHECK(axis(head, {.said = {.coordinates = {{"x", "", false}, {"cv", "", false}}}}) ==
          std::pair{false, std::vector<std::string>{}});
  }
  // Well between walls: the values agree across the seam, the slopes do not.
  const auto well = [](double r) { return 20.0 * std::pow(r / 180.0 - 1.0, 2) + std::cos(r / 20.0); };
  for (const double last : {355.0, 360.0}) {
    const TabulatedValues table = read_text(turn_rows("", 0.0, last, 0.0, well)).values;
    CHECK(!table.axes[0].periodic);
    CHECK(table.doubts.empty());
  }
  const TurnCase pm(turn_rows("", 0.0, 355.0));
  const Case walls =
      read_case("[landscape]\nfile = \"table.dat\"\n[diffusion]\nD = 0.5\n[grid]\nx = { boundary = \"reflecting\" }\n",
                "c.toml", pm.path);
  CHECK(walls.axes[0].max == 355.0);
  CHECK(walls.warnings.empty());
}

TEST_CASE("both ends of a turn that differ as neighbours do are one point and a warning tells the difference") {
  for (const double moved : {0.01, 0.1}) {
    const TurnCase table(turn_rows("# phi [deg] F\n", -180.0, 180.0, moved));
    const Case read = table.of("");
    CHECK(read.axes[0].lower == Boundary::periodic);
    CHECK(relative_error(ring_height(read, -180.0), ring_value(180.0) + 0.5 * moved) < 1e-9);
    CHECK(some_says(read.warnings,
                    fmt::format("both ends of a full turn of phi are listed, where F is 6 at phi = -180 and {} "
                                "at phi = 180: the axis is taken as periodic, with the mean of both",
                                6.0 + moved)));
    for (const char* asked : {"{ boundary = \"periodic\" }", "{ min = -180, max = 180, boundary = \"periodic\" }"})
      CHECK(table.of(fmt::format("[grid]\nphi = {}\n", asked)).axes[0].lower == Boundary::periodic);
  }
  const TurnCase same(turn_rows("# phi [deg] F\n", -180.0, 180.0));
  CHECK(same.of("").axes[0].lower == Boundary::periodic);
  CHECK(same.of("").warnings.empty());
  // As far apart as the standard errors leave it, which is more than neighbours are.
  const std::string noisy = turn_rows("# phi [deg] F e\n", -180.0, 180.0, 1.2);
  const TabulatedValues within = read_text(noisy, {.error = "e"}).values;
  CHECK(within.axes[0].periodic);
  CHECK(relative_error(within.errors[0], 0.3 / std::sqrt(2.0)) < 1e-12);
  CHECK(relative_error(within.errors[1], 0.3) < 1e-12);
  CHECK(!read_text(noisy).values.axes[0].periodic);

  const auto plane = [](double tilt) {
    std::string text = "# phi [rad] psi [rad] F\n";
    for (int j = 0; j <= 36; ++j)
      for (int i = 0; i <= 36; ++i) {
        const double phi = -M_PI + 2.0 * M_PI * i / 36, psi = -M_PI + 2.0 * M_PI * j / 36;
        text += fmt::format("{:.12g} {:.12g} {:.12g}\n", phi, psi,
                            std::cos(phi) + std::sin(psi) + tilt * (i == 36) * std::cos(3.0 * psi));
      }
    return read_text(text).values;
  };
  const TabulatedValues nearly = plane(0.05);
  CHECK(nearly.axes[0].periodic);
  CHECK(nearly.axes[1].periodic);
  CHECK(nearly.doubts.size() == 1);
  CHECK(relative_error(nearly.values[0], -1.0 - 0.025) < 1e-9);
  CHECK(!plane(0.9).axes[0].periodic);
}

TEST_CASE("both ends of a turn that differ by more are told, and refused where a period is asked for") {
  const TurnCase table(turn_rows("# phi [deg] F\n", -180.0, 180.0, 5.0));
  const std::string ends =
      "both ends of a full turn of phi are listed and differ more than neighbours do, F is 6 at phi = -180 and 11 at "
      "phi "
      "= 180";
  const Case read = table.of("");
  CHECK(read.axes[0].lower == Boundary::reflecting);
  CHECK(some_says(read.warnings, ends + ": the axis is not taken as periodic, and walls reflect there"));
  CHECK(!some_says(table.of("[grid]\nphi = { boundary = \"reflecting\" }\n").warnings, "both ends"));
  for (const char* asked : {"{ boundary = \"periodic\" }", "{ min = -180, max = 180, boundary = \"periodic\" }"})
    CHECK(table.fault(fmt::format("[grid]\nphi = {}\n", asked)).find("phi cannot be periodic: " + ends) !=
          std::string::npos);
  const TabulatedValues counted = read_text(turn_rows("", 0.0, 360.0, 5.0)).values;  // which may be anything
  CHECK(!counted.axes[0].periodic);
  CHECK(counted.doubts.empty());
  CHECK(
      some_says(read_text(turn_rows("# phi F\n", 0.0, 355.0, 0.0, [](double at) { return ring_value(at) + 0.05 * at; }))
                    .values.doubts,
                "phi goes round once, but its ends"));

  // A landscape that goes round asks the same of its noise.
  const TurnCase of_noise(turn_rows("# phi [deg] F\n", -180.0, 175.0));
  const auto write_noise = [&](double moved) {
    std::ofstream(of_noise.path / "d.dat")
        << turn_rows("# phi [deg] D\n", -180.0, 180.0, moved, [](double at) { return 20.0 + ring_value(at); });
  };
  const std::string mobile = "model = \"mobility\"\nkT = 2.5\nD = { file = \"d.dat\" }";
  write_noise(0.2);
  const Case mean = of_noise.of("", mobile);
  CHECK(mean.axes[0].lower == Boundary::periodic);
  DiffusionSamples samples;
  mean.dynamics->diffusion->sample(Eigen::MatrixXd::Constant(1, 1, 180.0), false, samples);
  CHECK(relative_error(samples.tensor(0, 0), 26.1) < 1e-9);
  CHECK(some_says(mean.warnings, "where D is 26 at phi = -180 and 26.2 at phi = 180"));
  write_noise(5.0);
  CHECK(of_noise.fault("", mobile).find("phi cannot be periodic: both ends of a full turn of phi are listed") !=
        std::string::npos);
}

TEST_CASE("where one end of a turn has no value the other counts") {
  for (const bool first : {true, false}) {
    std::string text = turn_rows("# phi [deg] F e\n", -180.0, 180.0);
    const std::string end = first ? "\n-180 6 " : "\n180 6 ";
    REQUIRE(text.find(end) != std::string::npos);
    text.replace(text.find(end), end.size(), first ? "\n-180 nan " : "\n180 nan ");
    const TurnCase table(text);
    const Case read = table.of("");
    CHECK(read.axes[0].lower == Boundary::periodic);
    CHECK(read.warnings.empty());
    CHECK(relative_error(ring_height(read, 180.0), 6.0) < 1e-9);
    const TabulatedValues errors = read_text(text, {.error = "e"}).values;
    CHECK(errors.errors[0] == 0.3);
  }
}

TEST_CASE("any full turn of a periodic table is periodic, a part has walls and more than one is asked about") {
  const TurnCase table(turn_rows("# phi [deg] F\n", -180.0, 175.0));
  const auto axis = [&](const std::string& keys) {
    const Case read = table.of("[grid]\nphi = { " + keys + " }\n");
    CHECK(relative_error(ring_height(read, 250.0), ring_value(250.0)) < 1e-3);
    build_problem<1>(table.of("[grid]\nphi = { cells = 40, " + keys + " }\n"));
    return read.axes[0];
  };
  for (const char* whole : {"min = -200, max = 160", "min = 0, max = 360", "min = -180, max = 180"})
    CHECK(axis(whole).lower == Boundary::periodic);
  const OpenAxis printed = axis("min = 0.001, max = 360.0012");
  CHECK(printed.upper == Boundary::periodic);
  CHECK(relative_error(*printed.max - *printed.min, 360.0) < 1e-14);
  CHECK(axis("min = -90, max = 90").lower == Boundary::reflecting);
  CHECK(axis("min = 0, max = 360, boundary = \"reflecting\"").lower == Boundary::reflecting);
  CHECK(axis("min = -200, max = 200, boundary = \"reflecting\"").lower == Boundary::reflecting);
  CHECK(table.fault("[grid]\nphi = { min = -200, max = 200 }\n")
            .find("error: grid.phi reaches from -200 to 200, more than the turn of 360 that the data have as their "
                  "period: grid.phi = { min = -200, max = 160 } is the whole circle") != std::string::npos);
  CHECK(
      some_says(table.of("[grid]\nphi = { min = -179, max = 179 }\n").warnings, "nearly a turn of 360: walls reflect"));
  CHECK(table.of("[grid]\nphi = { min = -90, max = 90 }\n").warnings.empty());

  // The same of a drift that is a table.
  const auto drift = [&](const std::string& grid) {
    return read_case(
               "variables = [\"phi\"]\n[drift]\nexpression = [{ file = \"table.dat\" }]\n[diffusion]\nD = 0.5\n" + grid,
               "case.toml", table.path)
        .axes[0];
  };
  CHECK(drift("").lower == Boundary::periodic);
  CHECK(drift("[grid]\nphi = { min = 0, max = 360 }\n").lower == Boundary::periodic);
  CHECK(drift("[grid]\nphi = { min = 0, max = 90 }\n").lower == Boundary::reflecting);
}
