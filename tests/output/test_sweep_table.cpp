#include "output/sweep_table.hpp"

#include "output/json.hpp"

#include "solver/statistics/renumbered_valleys.hpp"

#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

using namespace valleyflux;

namespace {

SweepRow row(double value, const std::string& method, double rate, const std::string& note = "") {
  return {{value}, {"left", "right", method, rate, 1.0 / rate, std::log(rate), {}, {}, {}, note}};
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a line is fitted as in the textbook") {
  // Anscombe (1973), first data set: y = 3.0001 + 0.5001 x, standard error 0.1179, R^2 = 0.6665.
  const LinearFit fit = linear_fit({10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                                   {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68});
  CHECK(std::abs(fit.slope - 0.5001) < 5e-5);
  CHECK(std::abs(fit.intercept - 3.0001) < 5e-5);
  CHECK(std::abs(fit.standard_error - 0.1179) < 5e-5);
  CHECK(std::abs(fit.r_squared - 0.6665) < 5e-5);
  CHECK_THROWS_AS(linear_fit({1, 2}, {1, 2}), std::invalid_argument);
  CHECK_THROWS_AS(linear_fit({1, 1, 1}, {1, 2, 3}), std::invalid_argument);
}

TEST_CASE("fits find what a rate depends on, and leave rates of zero out") {
  std::vector<SweepRow> rows;
  for (const double value : {1.0, 2.0, 4.0, 8.0}) rows.push_back(row(value, "a", 3.0 * std::exp(-0.25 / value)));
  rows.push_back({{16.0}, {"left", "right", "a", 0.0, {}, {}, {}, {}, {}, "blocked"}});
  const std::vector<SweepFit> fits = sweep_fits(rows);
  REQUIRE(fits.size() == 4);
  for (const SweepFit& fit : fits) {
    CHECK(fit.points == 4);
    if (fit.relation != "-log(rate) ~ 1/value") continue;
    CHECK(relative_error(fit.fit.slope, 0.25) < 1e-12);
    CHECK(relative_error(fit.fit.r_squared, 1.0) < 1e-12);
  }
  rows[0].estimate.time = std::numeric_limits<double>::infinity();
  const auto json = nlohmann::json::parse(sweep_json("t", "o", {"k"}, rows, fits));
  CHECK(json["rows"][4]["log_rate"].is_null());
  CHECK(json["rows"][4]["note"] == "blocked");
  CHECK(json["rows"][0]["time"].is_null());
  CHECK(json["rows"][1]["at"] == std::vector<double>{2.0});
  CHECK(json["fits"][0]["points"] == 4);
}

TEST_CASE("valleys that change their numbers within a sweep are told from those that stay and those that are new") {
  const auto at = [](const std::string& name, double x) { return ValleyResult{name, {x, 0.1}, {}, {}}; };
  const std::vector<ValleyResult> two{at("valley_1", -1.0), at("valley_2", 1.0)};
  CHECK(renumbered_valleys({}, two).empty());
  CHECK(renumbered_valleys(two, {at("valley_1", -1.2), at("valley_2", 0.7)}).empty());
  CHECK(renumbered_valleys(two, {at("valley_1", -1.0), at("valley_2", 0.9), at("valley_3", 2.0)}).empty());
  const auto swapped = renumbered_valleys(two, {at("valley_1", 1.1), at("valley_2", -0.9)});
  REQUIRE(swapped.size() == 2);
  CHECK(swapped[0].name == "valley_1");
  CHECK(swapped[0].before == "valley_2");
  CHECK(swapped[0].minimum == std::vector<double>{1.1, 0.1});
  const auto left = renumbered_valleys(two, {at("valley_1", 1.1)});
  REQUIRE(left.size() == 1);
  CHECK(left[0].before == "valley_2");
}

TEST_CASE("a value without rates keeps its place in the table of a sweep") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "s.csv";
  SweepRow none{{0.3}, {}};
  none.estimate.note = "no rates: one valley";
  {
    SweepFile file(path, {"k"}, "case");
    file.append({row(0.1, "flux", 1e-3)});
    file.append({none});
  }
  const SweepFile file(path, {"k"}, "case");
  CHECK(file.has({0.3}));
  REQUIRE(file.rows().size() == 2);
  CHECK(file.rows()[1].estimate.note == none.estimate.note);
  CHECK(!file.rows()[1].estimate.rate);
  CHECK(sweep_fits(file.rows()).empty());
  CHECK(sweep_point_text({"k"}, {none}) == "k = 0.3: no rates: one valley\n");
}

TEST_CASE("the table of a sweep is continued where it ends, whatever was cut off") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "s.csv";
  const std::vector<std::string> keys{"diffusion.eta"};
  {
    SweepFile file(path, keys, "case\n\"quoted\"");
    CHECK(file.rows().empty());
    file.append({row(0.1, "flux", 1e-3, "a \"note\", with a comma"), row(0.1, "theory:sgd", 2e-3)});
    file.append({row(0.2, "flux", 1.1e-3), row(0.2, "theory:sgd", 2.1e-3)});
  }
  const std::string whole = text_of(path);
  CHECK(whole.starts_with(
      "# case\n# \"quoted\"\n\"diffusion.eta\",rows_of_value,from,to,method,recommended,rate,log_rate,time,low,high,"
      "shares,observed_order,blocked_at,note\n0.1,2,\"left\",\"right\",flux,0,0.001,"));
  for (const std::size_t cut : {0, 3, 40, 90}) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, whole.size() - cut);
    SweepFile file(path, keys, "case\n\"quoted\"");
    CHECK(file.has({0.1}));
    CHECK(file.has({0.2}) == (cut == 0));
    CHECK(file.rows()[0].estimate.note == "a \"note\", with a comma");
    CHECK(*file.rows()[1].estimate.rate == 2e-3);
    CHECK_FALSE(file.rows()[0].estimate.low);
    if (cut > 0) file.append({row(0.2, "flux", 1.1e-3), row(0.2, "theory:sgd", 2.1e-3)});
    CHECK(text_of(path) == whole);
  }
  CHECK_THROWS_AS(SweepFile(path, keys, "another case"), std::invalid_argument);
  CHECK(text_of(path) == whole);
}

TEST_CASE("a sweep keeps where escapes end, what blocks them and which row is to be quoted") {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "s.csv";
  SweepRow kept = row(0.1, "flux", 1e-3);
  kept.estimate.recommended = true;
  kept.estimate.observed_order = 1.75;
  kept.estimate.shares = {{"a valley", 0.25, {}, {}}, {"right", 0.75, {}, {}}};
  kept.estimate.blocked_at = {0.5, -1.25};
  SweepFile(path, {"k"}, "case").append({kept});
  const SweepFile again(path, {"k"}, "case");
  REQUIRE(again.rows().size() == 1);
  const Estimate& read = again.rows()[0].estimate;
  CHECK(read.recommended);
  CHECK(read.observed_order == 1.75);
  CHECK(read.blocked_at == std::vector<double>{0.5, -1.25});
  REQUIRE(read.shares.size() == 2);
  CHECK(read.shares[0].to == "a valley");
  CHECK(read.shares[1].probability == 0.75);
}
