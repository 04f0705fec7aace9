#include "problems/landscapes/tabulated_landscape.hpp"

#include "problems/landscapes/bounded_landscape.hpp"
#include "problems/landscapes/spline_landscape.hpp"
#include "problems/landscapes/table_extension.hpp"
#include "problems/landscapes/table_smoothing.hpp"
#include "problems/tables/table_noise.hpp"

#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>

#include <array>
#include <boost/math/special_functions/cardinal_b_spline.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <random>

using namespace valleyflux;

namespace {

/// The text in a file of its own.
struct GridFile : ScratchFolder {
  std::filesystem::path file = path / "grid.dat";
  explicit GridFile(const std::string& text) { std::ofstream(file) << text; }
};

std::string table_complaint(const std::string& text) {
  try {
    tabulated_landscape(GridFile(text).file);
  } catch (const std::invalid_argument& error) {
    const std::string message = error.what();
    return message.substr(message.find(".dat") + 4);
  }
  return "";
}

const std::string header =
    "#! FIELDS x file.free der_x\n#! SET min_x 0\n#! SET max_x 5\n#! SET nbins_x 6\n#! SET periodic_x false\n";

}  // namespace

TEST_CASE("a spline reproduces cubics to round-off, edges and third derivatives included") {
  TabulatedValues table;
  table.axes = {{"x", -1.0, 0.25, 9, false}, {"y", 0.0, 0.5, 7, false}};
  table.values.resize(63);
  const auto f = [](double x, double y) { return 1 + x - 2 * x * x * x + x * y * y - 0.5 * y * y * y + x * x * y; };
  for (Index j = 0; j < 7; ++j)
    for (Index i = 0; i < 9; ++i)
      table.values[i + 9 * j] = f(-1.0 + 0.25 * static_cast<double>(i), 0.5 * static_cast<double>(j));
  const auto spline = spline_landscape(table);
  for (const Eigen::Vector2d& x :
       {Eigen::Vector2d(-0.93, 0.1), Eigen::Vector2d(0.4, 2.9), Eigen::Vector2d(0.99, 1.3)}) {
    FieldSamples field;
    spline->sample(x, 3, field);
    CHECK(std::abs(field.value[0] - f(x[0], x[1])) < 1e-12);
    CHECK(std::abs(field.gradient(0, 0) - (1 - 6 * x[0] * x[0] + x[1] * x[1] + 2 * x[0] * x[1])) < 1e-11);
    CHECK(std::abs(field.hessian(0, 0) - (-12 * x[0] + 2 * x[1])) < 1e-10);
    CHECK(std::abs(field.hessian(1, 0) - (2 * x[1] + 2 * x[0])) < 1e-10);
    CHECK(std::abs(field.third(0, 0) + 12.0) < 1e-8);
    CHECK(std::abs(field.third(7, 0) + 3.0) < 1e-8);
  }
}

TEST_CASE("a periodic spline converges at fourth order, its Hessian at second, and wraps") {
  std::vector<double> values, hessians;
  for (const Index n : {16, 32, 64}) {
    TabulatedValues table;
    table.axes = {{"x", -M_PI, 2 * M_PI / static_cast<double>(n), n, true}};
    table.values.resize(n);
    for (Index i = 0; i < n; ++i)
      table.values[i] = std::sin(-M_PI + 2 * M_PI * static_cast<double>(i) / static_cast<double>(n));
    const auto spline = spline_landscape(table);
    double worst = 0.0, bend = 0.0;
    for (double x = -3.0; x < 3.0; x += 0.037) {
      FieldSamples here, there;
      spline->sample(Eigen::MatrixXd::Constant(1, 1, x), 2, here);
      spline->sample(Eigen::MatrixXd::Constant(1, 1, x + 4 * M_PI), 0, there);
      CHECK(std::abs(here.value[0] - there.value[0]) < 1e-12);
      worst = std::max(worst, std::abs(here.value[0] - std::sin(x)));
      bend = std::max(bend, std::abs(here.hessian(0, 0) + std::sin(x)));
    }
    values.push_back(worst);
    hessians.push_back(bend);
  }
  CHECK(std::abs(std::log2(values[1] / values[2]) - 4.0) < 0.3);
  CHECK(std::abs(std::log2(hessians[1] / hessians[2]) - 2.0) < 0.3);
}

TEST_CASE("the spline of a unit impulse is built of Boost's cardinal B-splines") {
  // Coefficients c solve (c_{i-1} + 4 c_i + c_{i+1}) / 6 = delta_i0 on a long ring: c_i = sqrt(3) (sqrt(3) - 2)^|i|.
  TabulatedValues table;
  table.axes = {{"x", 0.0, 1.0, 64, true}};
  table.values = Eigen::VectorXd::Unit(64, 32);
  const auto spline = spline_landscape(table);
  for (const double x : {32.3, 33.7, 30.01}) {
    double expected = 0.0, slope = 0.0;
    for (int i = -20; i <= 20; ++i) {
      const double c = std::sqrt(3.0) * std::pow(std::sqrt(3.0) - 2.0, std::abs(i));
      expected += c * boost::math::cardinal_b_spline<3>(x - 32.0 - i);
      slope += c * boost::math::cardinal_b_spline_prime<3>(x - 32.0 - i);
    }
    FieldSamples field;
    spline->sample(Eigen::MatrixXd::Constant(1, 1, x), 1, field);
    CHECK(std::abs(field.value[0] - expected) < 1e-10);
    CHECK(std::abs(field.gradient(0, 0) - slope) < 1e-10);
  }
}

TEST_CASE("PLUMED grids are read with symbolic ends and rounded columns") {
  std::string text =
      "#! FIELDS phi psi file.free der_phi der_psi\n#! SET min_phi -pi\n#! SET max_phi pi\n#! SET nbins_phi 8\n"
      "#! SET periodic_phi true\n#! SET min_psi 0\n#! SET max_psi 2*pi\n#! SET nbins_psi 6\n#! SET periodic_psi true\n";
  for (int j = 0; j < 6; ++j) {
    for (int i = 0; i < 8; ++i) {
      const double phi = -M_PI + M_PI * i / 4, psi = M_PI * j / 3;
      text += std::to_string(phi) + " " + std::to_string(psi) + " " + std::to_string(std::cos(phi) + std::sin(psi)) +
              " 0 0\n";
    }
    text += "\n";
  }
  const TabulatedLandscape table = tabulated_landscape(GridFile(text).file);
  const LandscapeDomain domain = table.landscape->domain().value();
  CHECK(domain.axes[0].min == -M_PI);
  CHECK(std::abs(domain.axes[1].max - 2 * M_PI) < 1e-15);
  CHECK(domain.axes[0].periodic);
  FieldSamples field;
  table.landscape->sample(Eigen::Vector2d(-M_PI / 2, M_PI / 3), 0, field);
  CHECK(std::abs(field.value[0] - std::sin(M_PI / 3)) < 1e-5);
}

TEST_CASE("what a table says where it knows nothing changes nothing and lies outside the domain") {
  const auto f = [](double x, double y) { return 0.2 + 3 * (std::pow(x - 0.06, 2) + 0.8 * std::pow(y - 0.06, 2)); };
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  const auto spline_with = [&](double fill) {
    TabulatedValues table;
    table.axes = {{"x", -1.0, 0.1, 21, false}, {"y", -1.0, 0.1, 21, false}};
    table.values.resize(441);
    for (Index j = 0; j < 21; ++j)
      for (Index i = 0; i < 21; ++i) {
        const double x = -1.0 + 0.1 * static_cast<double>(i), y = -1.0 + 0.1 * static_cast<double>(j);
        table.values[i + 21 * j] = x + 0.4 * y < -1e-9 ? fill : f(x, y);
      }
    return spline_landscape(table);
  };
  const auto spline = spline_with(nan), other = spline_with(infinity);
  const auto domain = spline->domain().value();
  REQUIRE(domain.holds);
  for (const Eigen::Vector2d& x : {Eigen::Vector2d(0.06, 0.06), Eigen::Vector2d(0.05, 0.02),
                                   Eigen::Vector2d(0.9, -0.95), Eigen::Vector2d(0.33, -0.4)}) {
    FieldSamples field, same;
    spline->sample(x, 2, field);
    other->sample(x, 2, same);
    CHECK(domain.holds(x));
    CHECK(field.value[0] == same.value[0]);
    CHECK(std::abs(field.value[0] - f(x[0], x[1])) < 2e-4);
    CHECK(std::abs(field.gradient(0, 0) - 6 * (x[0] - 0.06)) < 0.02);
    CHECK(std::abs(field.hessian(0, 0) - 6) < 0.5);
  }
  CHECK(domain.holds(Eigen::Vector2d(1.0, 1.0)));
  CHECK(domain.holds(Eigen::Vector2d(0.4, -1.0)));
  CHECK_FALSE(domain.holds(Eigen::Vector2d(-0.3, 0.3)));
  CHECK_FALSE(domain.holds(Eigen::Vector2d(0.01, -0.05)));  // of a square that lacks a corner
  CHECK_FALSE(spline_landscape({{{"x", 0.0, 1.0, 6, false}}, Eigen::VectorXd::Ones(6), ""})->domain()->holds);
}

TEST_CASE("a continuation beyond the data goes on as they do") {
  TabulatedValues line{{{"x", 0.0, 0.5, 12, false}}, Eigen::VectorXd::LinSpaced(12, 1.0, 12.0), ""};
  for (const Index missing : {0, 1, 9, 10, 11}) line.values[missing] = std::numeric_limits<double>::quiet_NaN();
  extend_beyond_data(line, held_points(line));
  for (Index p = 0; p < 12; ++p) CHECK(std::abs(line.values[p] - static_cast<double>(p + 1)) < 1e-6);
}

TEST_CASE("patches within the range of the values around go below no datum") {
  TabulatedValues table{{{"x", 0.0, 1.0, 16, false}, {"y", 0.0, 1.0, 16, false}}, Eigen::VectorXd(256), "L"};
  for (Index j = 0; j < 16; ++j)
    for (Index i = 0; i < 16; ++i)
      table.values[i + 16 * j] = i + j > 15 ? 100.0 : 0.05 * static_cast<double>((i - 5) * (i - 5) + (j - 4) * (j - 4));
  const auto bounded = bounded_landscape(table), spline = spline_landscape(table);
  double least = 1.0, least_of_spline = 1.0;
  for (double x = 0.0; x <= 15.0; x += 0.09)
    for (double y = 0.0; y <= 15.0; y += 0.09) {
      FieldSamples field, there;
      bounded->sample(Eigen::Vector2d(x, y), 1, field);
      spline->sample(Eigen::Vector2d(x, y), 0, there);
      least = std::min(least, field.value[0]);
      least_of_spline = std::min(least_of_spline, there.value[0]);
    }
  CHECK(least >= 0.0);
  CHECK(least < 1e-3);
  CHECK(least_of_spline < -1.0);
  // Its derivatives are those of its values.
  const Eigen::Vector2d x(6.3, 4.6);
  FieldSamples at, up, down;
  bounded->sample(x, 2, at);
  const double h = 1e-5;
  for (Index k = 0; k < 2; ++k) {
    bounded->sample(x + h * Eigen::Vector2d::Unit(k), 1, up);
    bounded->sample(x - h * Eigen::Vector2d::Unit(k), 1, down);
    CHECK(std::abs(at.gradient(k, 0) - (up.value[0] - down.value[0]) / (2 * h)) < 1e-8);
    for (Index i = 0; i < 2; ++i)
      CHECK(std::abs(at.hessian(i + 2 * k, 0) - (up.gradient(i, 0) - down.gradient(i, 0)) / (2 * h)) < 1e-7);
  }
}

TEST_CASE("a jump between flat values is interpolated within their range and said to be") {
  std::string text;
  for (int i = 0; i < 30; ++i)
    text += std::to_string(0.1 * i) + " " + std::to_string(i < 20 ? 0.001 * (i - 8) * (i - 8) : 30.0) + "\n";
  const GridFile file(text);
  const TabulatedLandscape automatic = tabulated_landscape(file.file);
  CHECK(automatic.description.find("within the range of the values around") != std::string::npos);
  TabulatedOptions options;
  options.interpolation = TableInterpolation::cubic;
  CHECK(tabulated_landscape(file.file, options).description.find("within the range") == std::string::npos);
  FieldSamples field;
  for (double x = 0.0; x < 2.0; x += 0.01) {
    automatic.landscape->sample(Eigen::MatrixXd::Constant(1, 1, x), 0, field);
    CHECK(field.value[0] >= 0.0);
  }
}

TEST_CASE("a table of one value is flat to the last bit, however it is interpolated, and said to be") {
  std::string line, plane;
  for (int i = 0; i < 60; ++i) line += std::to_string(0.1 * i) + (i == 7 ? " nan\n" : " 1.1\n");
  for (int i = 0; i < 100; ++i) plane += std::to_string(i % 10) + " " + std::to_string(i / 10) + " -0.3\n";
  for (const auto& [text, value] : {std::pair(line, 1.1), std::pair(plane, -0.3)})
    for (const auto interpolation : {TableInterpolation::automatic, TableInterpolation::cubic,
                                     TableInterpolation::bounded, TableInterpolation::smoothing}) {
      const GridFile file(text);
      const TabulatedLandscape table = tabulated_landscape(file.file, {.interpolation = interpolation});
      REQUIRE(!table.warnings.empty());
      CHECK(table.warnings[0].find("the landscape is flat and has no valleys") != std::string::npos);
      CHECK(table.description.find("ring") == std::string::npos);
      FieldSamples field;
      table.landscape->sample(Eigen::MatrixXd::Random(table.landscape->dimension(), 50).array() + 2.5, 2, field);
      CHECK((field.value.array() == value).all());
      CHECK(field.gradient.isZero(0.0));
      CHECK(field.hessian.isZero(0.0));
    }
}

TEST_CASE("smoothing takes most of the noise and little of the table") {
  for (const bool periodic : {false, true}) {
    const Index n = 90, rows = 60;
    const double turn = 2.0 * std::numbers::pi;
    TabulatedValues table{
        {{"x", 0.0, turn / 90, n, periodic}, {"y", 0.0, turn / 60, rows, periodic}}, Eigen::VectorXd(n * rows), "L"};
    Eigen::VectorXd truth(n * rows);
    for (Index p = 0; p < truth.size(); ++p)
      truth[p] =
          std::sin(turn * static_cast<double>(p % n) / 90) + 0.5 * std::cos(2 * turn * static_cast<double>(p / n) / 60);
    std::mt19937 generator(7);
    std::normal_distribution<double> normal(0.0, 0.1);
    table.values = truth.unaryExpr([&](double value) { return value + normal(generator); });
    const SmoothedTable smooth = TableSmoothing(table.axes).smoothed(table);
    const auto off = [&](const Eigen::VectorXd& values) {
      return (values - truth).norm() / std::sqrt(static_cast<double>(n * rows));
    };
    CHECK(off(smooth.table.values) < 0.03);
    CHECK(std::abs(smooth.rms - 0.1) < 0.01);
    CHECK(smooth.largest > 2 * smooth.rms);
    // Without noise there is nothing to take.
    table.values = truth;
    CHECK(off(TableSmoothing(table.axes).smoothed(table).table.values) < (periodic ? 1e-4 : 1e-3));
  }
}

TEST_CASE("smoothing takes the noise of a table that is steep at its ends") {
  TabulatedValues table{{{"x", -2.0, 0.05, 81, false}}, Eigen::VectorXd(81), "L"};
  Eigen::VectorXd truth(81);
  for (Index p = 0; p < 81; ++p) {
    const double x = -2.0 + 0.05 * static_cast<double>(p);
    truth[p] = x * x * x * x / 4 - x * x / 2;
  }
  std::mt19937 generator(11);
  std::normal_distribution<double> normal(0.0, 0.01);
  table.values = truth.unaryExpr([&](double value) { return value + normal(generator); });
  const SmoothedTable smooth = TableSmoothing(table.axes).smoothed(table);
  CHECK((smooth.table.values - truth).norm() / 9.0 < 0.006);
  CHECK(smooth.rms > 0.007);
  CHECK(smooth.rms < 0.012);
}

TEST_CASE("smoothing is penalised least squares, solved as such") {
  for (const bool periodic : {false, true})
    for (const Index n : {160, 161}) {
      TabulatedValues table{{{"x", 0.0, 1.0, n, periodic}}, Eigen::VectorXd(n), "L"};
      std::mt19937 generator(3);
      std::normal_distribution<double> normal(0.0, 0.1);
      for (Index p = 0; p < n; ++p)
        table.values[p] =
            std::sin(4 * std::numbers::pi * static_cast<double>(p) / static_cast<double>(n)) + normal(generator);
      const Index rows = periodic ? n : n - 3;
      Eigen::MatrixXd difference = Eigen::MatrixXd::Zero(rows, n);
      for (Index row = 0; row < rows; ++row)
        for (Index k = 0; k < 4; ++k) difference(row, (row + k) % n) += std::array{-1.0, 3.0, -3.0, 1.0}[k];
      for (const double strength : {1.0, 1e4, 1e8}) {
        const Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(n, n) + strength * difference.transpose() * difference;
        const Eigen::VectorXd solution = matrix.ldlt().solve(table.values);
        const Eigen::VectorXd off = TableSmoothing(table.axes).smoothed(table, strength).table.values - solution;
        CHECK(off.norm() < 1e-6 * table.values.norm());  // of each coefficient that is left out less than that is left
      }
    }
}

TEST_CASE("scatter is told from what a table resolves by differences of two orders") {
  const auto table = [](double noise, Index n, double ripple) {
    TabulatedValues made{{{"x", -2.0, 4.0 / static_cast<double>(n - 1), n, false},
                          {"y", -2.0, 4.0 / static_cast<double>(n - 1), n, false}},
                         Eigen::VectorXd(n * n),
                         "L"};
    std::mt19937 generator(5);
    std::normal_distribution<double> normal(0.0, 1.0);
    for (Index p = 0; p < n * n; ++p) {
      const double x = -2.0 + made.axes[0].spacing * static_cast<double>(p % n);
      const double y = -2.0 + made.axes[1].spacing * static_cast<double>(p / n);
      made.values[p] =
          (x * x - 1) * (x * x - 1) + y * y + ripple * std::sin(9 * x) * std::cos(7 * y) + noise * normal(generator);
    }
    return made;
  };
  for (const double noise : {0.02, 0.2}) {
    const TabulatedValues noisy = table(noise, 100, 0.0);
    const auto scatter = scatter_of(noisy);
    REQUIRE(scatter);
    CHECK(relative_error(*scatter, noise) < 0.05);
    CHECK(relative_error(TableSmoothing(noisy.axes).smoothed(noisy).noise, noise) < 0.05);
  }
  CHECK_FALSE(scatter_of(table(0.0, 100, 0.0)));
  CHECK_FALSE(scatter_of(table(0.0, 50, 0.1)));  // a ripple of nine points is no noise
  CHECK_FALSE(scatter_of(table(0.2, 30, 0.0)));
}

TEST_CASE("malformed grids are refused at their line") {
  CHECK(table_complaint(header + "0 1 0\n1 1 0\n").starts_with(":7: 2 rows of data, the header asks for 6"));
  CHECK(table_complaint(header + "0 one 0\n").starts_with(":6: \"one\" is no number"));
  CHECK(table_complaint(header + "0 1\n").starts_with(":6: 2 columns where FIELDS names 3"));
  CHECK(table_complaint(header + "0 inf 0\n1 nan 0\n2 inf 0\n3 inf 0\n4 inf 0\n5 inf 0\n").find("no value at all") !=
        std::string::npos);
  CHECK(table_complaint(header + "0 1 0\n1 2 0\n2 1e9 0\n3 1 0\n4 1 0\n5 2 0\n").find("landscape.clip_above") !=
        std::string::npos);
  CHECK(table_complaint("1 2 3\n" + header).starts_with(":1: data before"));
}

TEST_CASE("clipping is monotone, smooth, and leaves the lower half alone") {
  double last = -1.0;
  for (double v = 0.0; v < 100.0; v += 0.01) {
    const double clipped = soft_clip(v, 0.0, 10.0);
    CHECK(clipped >= last);
    CHECK(clipped <= v);
    if (v <= 5.0) CHECK(clipped == v);
    last = clipped;
  }
  const double h = 1e-4;
  const double bend =
      (soft_clip(5.0 + h, 0.0, 10.0) - 2 * soft_clip(5.0, 0.0, 10.0) + soft_clip(5.0 - h, 0.0, 10.0)) / (h * h);
  CHECK(std::abs(bend) < 1e-3);
  CHECK(soft_clip(1e22, 0.0, 10.0) < 300.0);
}
