#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/run/run.hpp"
#include "solver/solve_problem.hpp"

#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

constexpr double bath = 0.15;  // kT of the line

constexpr double standard_error = 0.01;  // of the energy

double line_energy(double x) {
  return x * x * x * x / 4.0 - x * x / 2.0 + 0.1 * x;
}
double line_diffusion(double x) {
  return bath * (1.0 + 0.8 * std::sin(2.0 * x));
}

/// line.dat, x, F and D from -2 to 2, and plane.csv, x, y, energy with a plateau over half of it and a tensor that
/// turns.
struct RateTables : ScratchFolder {
  explicit RateTables(int points = 161) {
    std::ofstream line(path / "line.dat");
    line.precision(15);
    line << "# x F D E e\n";
    for (int i = 0; i < points; ++i) {
      const double x = -2.0 + 4.0 * i / (points - 1);
      line << x << " " << line_energy(x) << " " << line_diffusion(x) << " " << standard_error << " "
           << standard_error / 10 << "\n";
    }
  }
  void write_plane() const {
    std::ofstream plane(path / "plane.csv");
    plane.precision(12);
    plane << "x,y,F,Dxx,Dxy,Dyy\n";
    for (int j = 0; j <= 200; ++j)
      for (int i = 0; i <= 400; ++i) {
        const double x = -2.0 + 0.01 * i, y = -2.0 + 0.02 * j;
        const double well = 6.0 * (x * x - 1.0) * (x * x - 1.0) + 5.0 * y * y;
        plane << x << "," << y << "," << -std::log(std::exp(-well) + std::exp(-12.0)) << ","
              << 1.0 + 0.5 * std::sin(x + y) << "," << 0.3 * std::cos(x - y) << "," << 0.8 + 0.3 * std::cos(2.0 * x)
              << "\n";
      }
  }
  Results solve(const std::string& dynamics, const std::string& grid,
                const std::string& methods = "\"mean_first_passage\"", int grids = 1) const {
    return run(read_case(dynamics + "\n[grid]\n" + grid + "\n[solver]\ngrids = " + std::to_string(grids) +
                             "\nmodes = 0\nnetwork = false\n[theory]\npaths = false\n"
                             "[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\ncore = \"x < -0.9\"\n[[valley]]\nname = "
                             "\"right\"\nwhere = \"x > 0\"\ncore = \"x > 0.9\"\n[[escape]]\nfrom = \"left\"\nto = "
                             "\"right\"\nmethods = [" +
                             methods + "]\n",
                         "case.toml", path));
  }
};

/// T = int dy int_{x < y} dx exp((F(y) - F(x)) / kT) / D, from the minimum a to b: the share of T that passes z as the
/// upper or the lower place.
struct TimeWeights {
  double a, b;
  double up(double z) const {
    return z < a || z > b ? 0.0 : std::exp(line_energy(z) / bath) / bath * integral(-2.0, z, [](double x) {
                                    return std::exp(-line_energy(x) / bath);
                                  });
  }
  double down(double z) const {
    return z > b ? 0.0 : std::exp(-line_energy(z) / bath) / bath * integral(std::max(a, z), b, [](double y) {
                           return std::exp(line_energy(y) / bath);
                         });
  }
};

}  // namespace

TEST_CASE("the mean time through tables of energy and diffusion on the line is the double integral of their formulas") {
  const RateTables tables;
  const Results results = tables.solve(
      "[landscape]\nfile = \"line.dat\"\ncolumns = [\"x\", \"F\"]\n[diffusion]\nmodel = \"mobility\"\nkT = 0.15\n"
      "D = { file = \"line.dat\", columns = [\"x\", \"D\"] }",
      "x = { cells = 400 }");
  const double minimum = results.valleys[0].minimum[0];
  const double time = integral(minimum, 0.9, [&](double y) {
    return std::exp(line_energy(y) / bath) / line_diffusion(y) *
           integral(-2.0, y, [](double x) { return std::exp(-line_energy(x) / bath); });
  });
  CHECK(relative_error(*results.estimates[0].time, time) < 2e-4);
}

TEST_CASE("the rate through a table in a formula is that of the entry that holds the same table") {
  const RateTables tables;
  const std::string energy = "[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\n";
  const Results entry = tables.solve(energy + "D = { file = \"line.dat\", columns = [\"x\", \"D\"], scale = 2 }",
                                     "x = { min = -2, max = 2, cells = 400 }");
  std::ofstream alone(tables.path / "d.dat");
  alone.precision(15);
  for (int i = 0; i <= 160; ++i) alone << -2.0 + i / 40.0 << " " << line_diffusion(-2.0 + i / 40.0) << "\n";
  alone.close();
  const Results formula =
      tables.solve(energy + "D = \"2*table('d.dat', x)\"", "x = { min = -2, max = 2, cells = 400 }");
  CHECK(relative_error(*entry.estimates[0].rate, *formula.estimates[0].rate) < 1e-3);
}

TEST_CASE("tables of a free energy with a plateau and of a tensor in the plane give the rate of their formulas") {
  const RateTables tables;
  tables.write_plane();
  const auto column = [](const std::string& name) {
    return "{ file = \"plane.csv\", columns = [\"x\", \"y\", \"" + name + "\"] }";
  };
  const std::string grid = "x = { min = -2, max = 2, cells = 80 }\ny = { min = -2, max = 2, cells = 60 }";
  const Results from_tables = tables.solve(
      "[landscape]\nfile = \"plane.csv\"\ncolumns = [\"x\", \"y\", \"F\"]\n[diffusion]\nmodel = "
      "\"mobility\"\nkT = 1.0\nD = [[" +
          column("Dxx") + ", " + column("Dxy") + "], [" + column("Dxy") + ", " + column("Dyy") + "]]",
      grid);
  const Results from_formulas = tables.solve(
      "[landscape]\nexpression = \"-log(exp(-6*(x^2 - 1)^2 - 5*y^2) + exp(-12))\"\n[diffusion]\nmodel = "
      "\"mobility\"\nkT = 1.0\nD = [[\"1 + 0.5*sin(x + y)\", \"0.3*cos(x - y)\"], [\"0.3*cos(x - y)\", "
      "\"0.8 + 0.3*cos(2*x)\"]]",
      grid);
  CHECK(relative_error(*from_tables.estimates[0].rate, *from_formulas.estimates[0].rate) < 5e-3);
}

TEST_CASE("errors of a table reach the rate as the derivatives of the mean time say") {
  const int points = 161;
  const RateTables tables(points);
  const std::string dynamics =
      "[landscape]\nfile = \"line.dat\"\ncolumns = [\"x\", \"F\"]\nKEYS\n[diffusion]\nD = 0.15";
  const auto with = [&](const std::string& keys) {
    return std::string(dynamics).replace(dynamics.find("KEYS"), 4, keys);
  };
  const std::string grid = "x = { cells = 400 }",
                    methods = "\"mean_first_passage\", \"quasi_stationary\", \"theory:kramers\"";
  const Results plain = tables.solve(with(""), grid, methods, 4);
  const Results found = tables.solve(with("error = \"E\""), grid, methods, 4);
  const TimeWeights weights{plain.valleys[0].minimum[0], 0.9};
  const double time = integral(weights.a, weights.b, [&](double z) { return weights.up(z); });
  const double square = integral(-2.0, 0.9, [&](double z) {
    const double net = (weights.up(z) - weights.down(z)) / time;
    return net * net;
  });
  const double expected = standard_error / bath * std::sqrt(4.0 / (points - 1) * square);
  REQUIRE(plain.estimates.size() == found.estimates.size());
  for (std::size_t k = 0; k < plain.estimates.size(); ++k) {
    const Estimate &before = plain.estimates[k], &after = found.estimates[k];
    CAPTURE(after.method);
    CHECK_FALSE(before.data_error);
    CHECK(relative_error(*after.rate, *before.rate) < 1e-14);
    if (after.method == "theory:kramers") {
      CHECK_FALSE(after.data_error);
      continue;
    }
    REQUIRE(after.data_error);
    CHECK(relative_error(*after.data_error, expected) < 0.4);  // 24 draws: known to 15 %
    const double width = std::log(*before.high / *before.rate);
    CHECK(relative_error(std::log(*after.high / *after.rate), std::hypot(width, 1.96 * *after.data_error)) < 1e-6);
    CHECK(*after.low < *before.low);
  }
}

TEST_CASE("errors of a table of D reach the rate as the derivative of the mean time says") {
  const int points = 161;
  const RateTables tables(points);
  const Results found = tables.solve(
      "[landscape]\nexpression = \"x^4/4 - x^2/2 + x/10\"\n[diffusion]\nmodel = \"mobility\"\nkT = 0.15\n"
      "D = { file = \"line.dat\", columns = [\"x\", \"D\"], error = \"e\" }",
      "x = { min = -2, max = 2, cells = 400 }", "\"mean_first_passage\"", 2);
  // T = int u(z) dz, u = exp(F / kT) / D int exp(-F / kT): d log T = -int u dD / (D T).
  const TimeWeights weights{found.valleys[0].minimum[0], 0.9};
  const auto passing = [&](double z) { return weights.up(z) * bath / line_diffusion(z); };
  const double time = integral(weights.a, weights.b, passing);
  const double square = integral(weights.a, weights.b, [&](double z) {
    const double share = passing(z) / (line_diffusion(z) * time);
    return share * share;
  });
  const double expected = 0.1 * standard_error * std::sqrt(4.0 / (points - 1) * square);
  REQUIRE(found.estimates[0].data_error);
  CHECK(relative_error(*found.estimates[0].data_error, expected) < 0.4);  // 24 draws: known to 15 %
}

TEST_CASE("a redrawn table that has no rate ends the redrawing, and neither error nor interval is stated") {
  const RateTables tables;
  const auto with = [&](const std::string& error) {
    return tables.solve(
        "[landscape]\nexpression = \"x^4/4 - x^2/2 + x/10\"\n[diffusion]\nmodel = \"mobility\"\nkT = 0.15\n"
        "D = { file = \"line.dat\", columns = [\"x\", \"D\"]" +
            error + " }",
        "x = { min = -2, max = 2, cells = 100 }", "\"mean_first_passage\", \"theory:kramers\"", 3);
  };
  const Results plain = with(""), found = with(", error = \"D\"");
  CHECK(plain.estimates[0].low);
  CHECK(plain.estimates[0].note.find("no interval") == std::string::npos);
  CHECK(relative_error(*found.estimates[0].rate, *plain.estimates[0].rate) < 1e-14);
  CHECK_FALSE(found.estimates[0].data_error);
  CHECK_FALSE(found.estimates[0].low);
  CHECK_FALSE(found.estimates[0].high);
  CHECK(found.estimates[0].note.find("no interval: the error that comes from the tables is not known") !=
        std::string::npos);
  CHECK(found.estimates[1].note == plain.estimates[1].note);  // of a closed form, which no interval had
  CHECK(std::any_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
    return warning.find("the error that comes from the tables is not known") != std::string::npos &&
           warning.find(" of 24 ") == std::string::npos;
  }));
}

TEST_CASE("where a method fails on a table, what there was to say of the table is said again") {
  const RateTables tables;
  {
    std::ofstream file(tables.path / "zero.dat");
    for (int k = 0; k <= 36; ++k) file << -1.8 + 0.1 * k << ' ' << (k == 18 ? 0.0 : 0.5) << '\n';
  }
  std::string said;
  try {
    tables.solve(
        "[landscape]\nexpression = \"10*(x^2 - 1)^2 + 2*x\"\n[diffusion]\nmodel = \"mobility\"\nkT = 2.494\n"
        "D = { file = \"zero.dat\" }",
        "x = { min = -1.8, max = 1.8, cells = 100 }");
  } catch (const std::runtime_error& error) {
    said = error.what();
  }
  CHECK(said.find("near x = 0, where the noise vanishes") != std::string::npos);
  CHECK(said.find("zero.dat:19: column 2 is 0 at column 1 = ") != std::string::npos);
}

TEST_CASE("the mean time through a noisy table of the line has the double integral of the formula in its interval") {
  const RateTables tables;
  const double scatter = 0.03;
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> normal(0.0, scatter);
    std::ofstream file(tables.path / "noisy.dat");
    file.precision(10);
    for (int i = 0; i <= 240; ++i) {
      const double x = -2.0 + i / 60.0;
      file << x << " " << line_energy(x) + normal(generator) << "\n";
    }
    file.close();
    const Results results = tables.solve("[landscape]\nfile = \"noisy.dat\"\n[diffusion]\nD = 0.15",
                                         "x = { cells = 400 }", "\"mean_first_passage\"", 3);
    REQUIRE(results.valleys.size() == 2);
    const Estimate& estimate = results.estimates[0];
    REQUIRE(estimate.low);
    const double exact = 1.0 / integral(results.valleys[0].minimum[0], 0.9, [&](double y) {
                           return std::exp(line_energy(y) / bath) / bath *
                                  integral(-2.0, y, [](double x) { return std::exp(-line_energy(x) / bath); });
                         });
    CAPTURE(seed);
    CHECK(*estimate.low <= exact);
    CHECK(exact <= *estimate.high);
    REQUIRE(estimate.data_error);
    CHECK(*estimate.data_error < 0.2);
  }
}

TEST_CASE("errors far below what a table scatters by are not believed") {
  const RateTables tables;
  std::mt19937 generator(5);
  std::normal_distribution<double> normal(0.0, 0.03);
  std::ofstream file(tables.path / "noisy.dat"), plain(tables.path / "plain.dat");
  for (int i = 0; i <= 240; ++i) {
    const double x = -2.0 + i / 60.0, value = line_energy(x) + normal(generator);
    file << fmt::format("{:.10g} {:.10g} 0.001\n", x, value);
    plain << fmt::format("{:.10g} {:.10g}\n", x, value);
  }
  file.close();
  plain.close();
  const auto solved = [&](const std::string& landscape) {
    return tables.solve("[landscape]\n" + landscape + "\n[diffusion]\nD = 0.15", "x = { cells = 100 }",
                        "\"mean_first_passage\"", 3);
  };
  const Results told = solved("file = \"noisy.dat\"\nerror = 3"), left = solved("file = \"plain.dat\"");
  CHECK(relative_error(*told.estimates[0].data_error, *left.estimates[0].data_error) < 1e-9);
  CHECK(std::any_of(told.warnings.begin(), told.warnings.end(), [](const std::string& warning) {
    return warning.find("though its standard errors are about 0.001") != std::string::npos;
  }));
}

TEST_CASE("tables of drift and noise are redrawn each for itself, and the same by the same seed") {
  const RateTables tables;
  const auto column = [](const std::string& name) {
    return "{ file = \"line.dat\", columns = [\"x\", \"" + name + "\"], error = \"E\" }";
  };
  const Case definition = read_case("[drift]\nexpression = [" + column("F") + "]\n[diffusion]\nD = " + column("D") +
                                        "\n[grid]\nx = { min = -2, max = 2, cells = 40 }\n",
                                    "case.toml", tables.path);
  const Eigen::MatrixXd point = Eigen::MatrixXd::Constant(1, 1, 0.5);  // one of the tables' own
  const auto moved_by = [&](std::uint64_t seed) {
    const Dynamics drawn = *redrawn(*definition.dynamics, seed);
    Eigen::MatrixXd force;
    drawn.drift.sample(point, force);
    DiffusionSamples diffusion;
    drawn.diffusion->sample(point, false, diffusion);
    return Eigen::Vector2d(force(0, 0) - line_energy(0.5), diffusion.tensor(0, 0) - line_diffusion(0.5));
  };
  Eigen::Matrix2d squares = Eigen::Matrix2d::Zero();
  constexpr int seeds = 400;
  for (int seed = 1; seed <= seeds; ++seed) {
    const Eigen::Vector2d moved = moved_by(static_cast<std::uint64_t>(seed)) / standard_error;
    squares += moved * moved.transpose() / seeds;
  }
  CHECK(std::abs(squares(0, 0) - 1.0) < 0.25);  // variances: known to 7 %
  CHECK(std::abs(squares(1, 1) - 1.0) < 0.25);
  CHECK(std::abs(squares(0, 1)) < 0.2);  // correlation: to 5 %
  CHECK(moved_by(3) == moved_by(3));
}

namespace {

/// A double well that counts how often it is redrawn, as what is none any more.
class CountedDraws final : public Landscape {
 public:
  int dimension() const override { return 1; }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    well_.sample(points, order, samples);
  }
  std::shared_ptr<const Landscape> redrawn(std::uint64_t seed) const override {
    seeds.push_back(seed);
    return expression_landscape(well_);
  }
  mutable std::vector<std::uint64_t> seeds;

 private:
  Expression well_{"(x^2 - 1)^2", {"x"}};
};

}  // namespace

TEST_CASE("every redrawn table is drawn once") {
  const auto landscape = std::make_shared<const CountedDraws>();
  const auto problem =
      make_problem<1>("", {Drift(landscape), constant_diffusion(0.3 * Eigen::MatrixXd::Identity(1, 1))},
                      Grid<1>({Axis("x", -2.5, 2.5, 40)}));
  const Results found = solve_problem<1>(problem, {});
  REQUIRE(landscape->seeds.size() == 24);
  for (std::size_t k = 0; k < landscape->seeds.size(); ++k) CHECK(landscape->seeds[k] == k + 1);
  REQUIRE(found.estimates.at(0).data_error);
  CHECK(*found.estimates.at(0).data_error < 1e-14);  // the same table each time
}
