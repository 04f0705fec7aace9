#include "problems/case/case_file.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

constexpr Index turn_points = 24;  // points of a turn
constexpr double turn_step = 2.0 * M_PI / turn_points;

double twisted(double phi, double psi) {
  return 3.0 + std::cos(phi) + 0.4 * std::sin(2.0 * psi) + 0.5 * std::sin(phi) * std::cos(psi);
}

/// Rows in which the coordinate named first varies fastest.
std::string twisted_rows(const std::string& head, bool psi_first, const std::string& separator) {
  std::string text = head;
  for (Index j = 0; j < turn_points; ++j)
    for (Index i = 0; i < turn_points; ++i) {
      const double fast = -M_PI + turn_step * static_cast<double>(i), slow = -M_PI + turn_step * static_cast<double>(j);
      text += fmt::format("{:.15g}{}{:.15g}{}{:.15g}\n", fast, separator, slow, separator,
                          psi_first ? twisted(slow, fast) : twisted(fast, slow));
    }
  return text;
}

std::string twisted_plumed(const std::string& first, const std::string& second, bool psi_first) {
  std::string head = fmt::format("#! FIELDS {} {} file.free\n", first, second);
  for (const std::string& name : {first, second})
    head += fmt::format("#! SET min_{0} -pi\n#! SET max_{0} pi\n#! SET nbins_{0} {1}\n#! SET periodic_{0} true\n", name,
                        turn_points);
  return twisted_rows(head, psi_first, " ");
}

struct NamedCase : ScratchFolder {
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
  Case read(const std::string& text) const { return read_case(text, "case.toml", path); }
};

/// How far the landscape of a case is from the formula between the points of its table, whose spline errs by 1e-4.
double miss_of(const Case& definition) {
  double largest = 0.0;
  for (const double phi : {-2.9, -1.1, 0.3, 2.2})
    for (const double psi : {-2.1, -0.4, 1.3, 3.0}) {
      FieldSamples samples;
      definition.dynamics->drift.landscape()->sample(Eigen::Vector2d(phi, psi), 0, samples);
      largest = std::max(largest, std::abs(samples.value[0] - twisted(phi, psi)));
    }
  return largest;
}

const std::string angle_names = "variables = [\"phi\", \"psi\"]\n";
const std::string half_noise = "[diffusion]\nD = 0.5\n";

}  // namespace

TEST_CASE("the axes of a table that names them go by their names whatever their order") {
  const NamedCase folder;
  const auto landscape = [&](const std::string& variables) {
    return folder.read(variables + "[landscape]\nfile = \"t.dat\"\n" + half_noise);
  };
  for (const auto& [head, separator] : {std::pair{"# psi phi F\n", " "}, std::pair{"psi,phi,F\n", ","},
                                        std::pair{"# Psi [rad] Phi [rad] F\n", " "}, std::pair{"# y x F\n", " "}}) {
    folder.write("t.dat", twisted_rows(head, true, separator));
    const Case read = landscape(angle_names);
    CHECK(miss_of(read) < 1e-3);
    CHECK(read.table.find("the axes by their names, in the file ") != std::string::npos);
    CHECK(read.warnings.empty());
  }
  folder.write("t.dat", twisted_plumed("psi", "phi", true));
  CHECK(miss_of(landscape(angle_names)) < 1e-3);
  CHECK(
      miss_of(folder.read(angle_names + "[landscape]\nfile = \"t.dat\"\ncolumns = [\"psi\", \"phi\", \"file.free\"]\n" +
                          half_noise)) < 1e-3);
  folder.write("t.dat", twisted_rows("# y x F\n", true, " "));
  const Case letters = landscape("");
  CHECK(miss_of(letters) < 1e-3);
  CHECK(letters.variables == std::vector<std::string>{"x", "y"});
  CHECK(letters.warnings.empty());
}

TEST_CASE("other names of a table's axes keep the order of the file and one that fits tells the other") {
  const NamedCase folder;
  const auto landscape = [&](const std::string& head, bool psi_first) {
    folder.write("t.dat", twisted_rows(head, psi_first, " "));
    return folder.read(angle_names + "[landscape]\nfile = \"t.dat\"\n" + half_noise);
  };
  const Case by_order = landscape("# chi1 chi2 F\n", false);
  CHECK(miss_of(by_order) < 1e-3);
  CHECK(by_order.table.find("the axes by their order: chi1 is phi, chi2 is psi") != std::string::npos);
  CHECK(by_order.warnings.empty());
  const Case one = landscape("# psi other F\n", true);
  CHECK(miss_of(one) < 1e-3);
  REQUIRE(one.warnings.size() == 1);
  CHECK(one.warnings[0].find("the axes are called psi and other, in the case phi and psi: psi is taken by its name, "
                             "other for the other") != std::string::npos);
  const Case bare = landscape("", false);
  CHECK(miss_of(bare) < 1e-3);
  CHECK(bare.warnings.empty());
}

TEST_CASE("tables of noise and drift go by the names of their axes too, and so do errors and gradients") {
  const NamedCase folder;
  folder.write("l.dat", twisted_rows("# phi psi F\n", false, " "));
  const Eigen::Vector2d place(-M_PI + 5.0 * turn_step, -M_PI + 15.0 * turn_step);  // a point of the table
  const double truth = twisted(place[0], place[1]);
  for (const bool of_columns : {true, false})
    for (const std::string& variables : {angle_names, std::string()}) {
      folder.write("d.dat", of_columns ? twisted_rows("# psi phi D\n", true, " ") : twisted_plumed("psi", "phi", true));
      const Case read = folder.read(variables +
                                    "[landscape]\nfile = \"l.dat\"\n[diffusion]\nmodel = \"mobility\"\nkT = 1\n"
                                    "D = { file = \"d.dat\" }\n");
      DiffusionSamples samples;
      read.dynamics->diffusion->sample(place, false, samples);
      CHECK(relative_error(samples.tensor(0, 0), truth) < 1e-9);
      CHECK(read.tables.at(0).find("the axes by their names, in the file psi, phi") != std::string::npos);
    }
  folder.write("f.dat", twisted_rows("# psi phi f\n", true, " "));
  const Case drift = folder.read(angle_names + "[drift]\nexpression = [{ file = \"f.dat\" }, 0.5]\n" + half_noise);
  Eigen::MatrixXd force;
  drift.dynamics->drift.sample(place, force);
  CHECK(relative_error(force(0, 0), truth) < 1e-9);

  std::string slopes = "# psi phi F err dphi dpsi\n";
  for (Index i = 0; i < turn_points; ++i)
    for (Index j = 0; j < turn_points; ++j) {
      const double phi = -M_PI + turn_step * static_cast<double>(i), psi = -M_PI + turn_step * static_cast<double>(j);
      slopes += fmt::format("{:.15g} {:.15g} {:.15g} {:.15g} {:.15g} {:.15g}\n", psi, phi, twisted(phi, psi),
                            0.1 * (5.0 + std::sin(phi)), -std::sin(phi) + 0.5 * std::cos(phi) * std::cos(psi),
                            0.8 * std::cos(2.0 * psi) - 0.5 * std::sin(phi) * std::sin(psi));
    }
  folder.write("s.dat", slopes);
  const Case hermite = folder.read(
      angle_names +
      "[landscape]\nfile = \"s.dat\"\ncolumns = [\"psi\", \"phi\", \"F\"]\ngradient = [\"dphi\", \"dpsi\"]\n" +
      half_noise);
  CHECK(miss_of(hermite) < 1e-5);  // which spline and swapped slopes would both miss
  const Case errors = folder.read(angle_names + "[landscape]\nfile = \"s.dat\"\nerror = \"err\"\n" + half_noise);
  const auto& landscape = *errors.dynamics->drift.landscape();
  FieldSamples standard, drawn;
  landscape.sample(place, 0, standard);
  double square = 0.0;
  constexpr int draws = 400;
  for (int seed = 0; seed < draws; ++seed) {
    landscape.redrawn(static_cast<std::uint64_t>(seed))->sample(place, 0, drawn);
    square += std::pow(drawn.value[0] - standard.value[0], 2) / draws;
  }
  CHECK(relative_error(std::sqrt(square), 0.1 * (5.0 + std::sin(place[0]))) < 0.15);
}
