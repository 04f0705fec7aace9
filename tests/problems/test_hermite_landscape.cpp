#include "problems/landscapes/hermite_landscape.hpp"

#include "problems/landscapes/tabulated_landscape.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

struct TableWithSlopes {
  TabulatedValues table;
  std::vector<Eigen::VectorXd> slopes;
};

/// f gives value and slopes at x, y.
template <class F>
TableWithSlopes table_with_slopes(const std::vector<TabulatedValues::Axis>& axes, F f) {
  TableWithSlopes result;
  result.table.axes = axes;
  result.table.quantity = "f";
  const Index columns = axes[0].points, rows = axes.size() == 2 ? axes[1].points : 1;
  result.table.values.resize(columns * rows);
  result.slopes.assign(axes.size(), Eigen::VectorXd(columns * rows));
  for (Index p = 0; p < columns * rows; ++p) {
    const double x = axes[0].first + static_cast<double>(p % columns) * axes[0].spacing;
    const double y = axes.size() == 2 ? axes[1].first + static_cast<double>(p / columns) * axes[1].spacing : 0.0;
    const Eigen::Vector3d all = f(x, y);
    result.table.values[p] = all[0];
    for (std::size_t k = 0; k < axes.size(); ++k) result.slopes[k][p] = all[static_cast<Index>(k) + 1];
  }
  return result;
}

std::string refusal(const TableWithSlopes& given) {
  try {
    hermite_landscape(given.table, given.slopes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("values and slopes reproduce polynomials to round-off at edges and in corners as well") {
  const auto f = [](double x, double y) {
    return Eigen::Vector3d(std::pow(x, 5) - x * x * std::pow(y, 4) + 3 * x * y * y * y + y,
                           5 * std::pow(x, 4) - 2 * x * std::pow(y, 4) + 3 * y * y * y,
                           -4 * x * x * y * y * y + 9 * x * y * y + 1);
  };
  const auto given = table_with_slopes({{"x", -1.0, 0.25, 9, false}, {"y", 0.0, 0.3, 7, false}}, f);
  const auto landscape = hermite_landscape(given.table, given.slopes);
  for (const Eigen::Vector2d& at : {Eigen::Vector2d(-0.93, 0.1), Eigen::Vector2d(0.4, 0.9), Eigen::Vector2d(0.99, 1.7),
                                    Eigen::Vector2d(-0.8, 1.75)}) {
    const double x = at[0], y = at[1];
    FieldSamples field;
    landscape->sample(at, 3, field);
    CHECK(std::abs(field.value[0] - f(x, y)[0]) < 1e-12);
    CHECK(std::abs(field.gradient(0, 0) - f(x, y)[1]) < 1e-11);
    CHECK(std::abs(field.gradient(1, 0) - f(x, y)[2]) < 1e-11);
    CHECK(std::abs(field.hessian(0, 0) - (20 * x * x * x - 2 * std::pow(y, 4))) < 1e-10);
    CHECK(std::abs(field.hessian(1, 0) - (-8 * x * y * y * y + 9 * y * y)) < 1e-10);
    CHECK(std::abs(field.hessian(3, 0) - (-12 * x * x * y * y + 18 * x * y)) < 1e-10);
    CHECK(std::abs(field.third(0, 0) - 60 * x * x) < 1e-8);
    CHECK(std::abs(field.third(3, 0) - (-24 * x * y * y + 18 * y)) < 1e-8);
  }
}

TEST_CASE("with slopes values converge at sixth order and Hessians at fourth with periodic axes and without") {
  for (const bool periodic : {true, false}) {
    std::vector<double> values, hessians;
    for (const Index n : {16, 32, 64}) {
      const double spacing = 2 * M_PI / static_cast<double>(n);
      const Index points = periodic ? n : n + 1;
      const auto given = table_with_slopes(
          {{"x", -M_PI, spacing, points, periodic}, {"y", -M_PI, spacing, points, periodic}}, [](double x, double y) {
            return Eigen::Vector3d(std::sin(x + 2 * y) + std::cos(x), std::cos(x + 2 * y) - std::sin(x),
                                   2 * std::cos(x + 2 * y));
          });
      const auto landscape = hermite_landscape(given.table, given.slopes);
      double worst = 0.0, bend = 0.0;
      for (double x = -3.1; x < 3.1; x += 0.137)
        for (double y = -3.1; y < 3.1; y += 0.093) {
          FieldSamples field;
          landscape->sample(Eigen::Vector2d(x, y), 2, field);
          worst = std::max(worst, std::abs(field.value[0] - std::sin(x + 2 * y) - std::cos(x)));
          bend = std::max(bend, std::abs(field.hessian(1, 0) + 2 * std::sin(x + 2 * y)));
          bend = std::max(bend, std::abs(field.hessian(3, 0) + 4 * std::sin(x + 2 * y)));
        }
      values.push_back(worst);
      hessians.push_back(bend);
    }
    CAPTURE(periodic);
    CHECK(std::log2(values[1] / values[2]) > 5.6);
    CHECK(std::log2(hessians[1] / hessians[2]) > 3.6);
  }
}

TEST_CASE("slopes that are not those of the values and tables with gaps or errors are refused") {
  const std::vector<TabulatedValues::Axis> line{{"phi", 0.0, 0.2, 21, false}};
  const auto sine = [](double x, double) { return Eigen::Vector3d(std::sin(x), std::cos(x), 0.0); };
  auto given = table_with_slopes(line, sine);
  CHECK(refusal(given).empty());
  for (const double factor : {-1.0, 0.8, 1.2}) {
    auto wrong = given;
    wrong.slopes[0] *= factor;
    CHECK(refusal(wrong).find("the gradient along phi is not that of f: from phi = ") != std::string::npos);
  }
  auto gap = given;
  gap.slopes[0][3] = NAN;
  CHECK(refusal(gap).find("the gradient has none at phi = 0.6") != std::string::npos);
  auto uncertain = given;
  uncertain.table.errors = Eigen::VectorXd::Constant(21, 0.1);
  CHECK(refusal(uncertain).find("standard errors") != std::string::npos);
  given.slopes.push_back(given.slopes[0]);
  CHECK(refusal(given).find("1 axes has as many components (got 2)") != std::string::npos);
}

TEST_CASE("columns of a text are the gradient of a landscape and scale and clipping change it as the values") {
  const ScratchFolder folder;
  const std::filesystem::path file = folder.path / "well.dat";
  std::ofstream text(file);
  for (int i = 0; i <= 20; ++i) {
    const double x = -2.0 + 0.2 * i;
    text << fmt::format("{} {} {}\n", x, (x * x - 1) * (x * x - 1), 4 * x * (x * x - 1));
  }
  text.close();
  TabulatedOptions options;
  options.table.columns = {"1", "2"};
  options.table.gradient = {"3"};
  options.scale = -2.0;
  const TabulatedLandscape table = tabulated_landscape(file, options);
  CHECK(table.description.find("with its gradient") != std::string::npos);
  FieldSamples field;
  table.landscape->sample(Eigen::MatrixXd::Constant(1, 1, 0.07), 2, field);
  CHECK(std::abs(field.value[0] + 2 * std::pow(0.07 * 0.07 - 1, 2)) < 1e-12);
  CHECK(std::abs(field.hessian(0, 0) + 2 * (12 * 0.07 * 0.07 - 4)) < 1e-10);

  options.scale = 1.0;
  options.clip_above = 6.0;
  FieldSamples bent;
  tabulated_landscape(file, options).landscape->sample(Eigen::MatrixXd::Constant(1, 1, 1.8), 1, bent);
  const double value = std::pow(1.8 * 1.8 - 1, 2), slope = 4 * 1.8 * (1.8 * 1.8 - 1);
  CHECK(std::abs(bent.value[0] - soft_clip(value, 0.0, 6.0)) < 1e-12);
  CHECK(std::abs(bent.gradient(0, 0) - slope * soft_clip_slope(value, 0.0, 6.0)) < 1e-12);
}
