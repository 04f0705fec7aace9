#include "problems/tables/table_function.hpp"

#include "problems/expressions/block_program.hpp"
#include "problems/expressions/expression.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace valleyflux;

namespace {

using Shape = TableFunction::Shape;
using Beyond = TableFunction::Beyond;

const TabulatedValues::Axis line_axis{"r", -2.0, 0.25, 33, false};

/// f at the points of axes; of one axis f(x, 0).
template <typename Function>
TabulatedValues tabulated(std::vector<TabulatedValues::Axis> axes, const Function& f) {
  TabulatedValues table;
  table.axes = std::move(axes);
  const Index columns = table.axes[0].points, rows = table.axes.size() == 2 ? table.axes[1].points : 1;
  table.values.resize(columns * rows);
  for (Index j = 0; j < rows; ++j)
    for (Index i = 0; i < columns; ++i)
      table.values[i + columns * j] =
          f(table.axes[0].first + static_cast<double>(i) * table.axes[0].spacing,
            rows > 1 ? table.axes[1].first + static_cast<double>(j) * table.axes[1].spacing : 0.0);
  return table;
}

/// "line" is 1 + r - 2 r^2 + r^3, "plane" r^3 - 2 r s^2 + s; both are what a cubic spline reproduces.
std::shared_ptr<const TableFunction> cubic(const std::string& file, int arguments) {
  if (arguments == 1)
    return std::make_shared<TableFunction>(
        file, tabulated({line_axis}, [](double r, double) { return 1 + r - 2 * r * r + r * r * r; }), Shape::smooth,
        Beyond::unknown);
  return std::make_shared<TableFunction>(file,
                                         tabulated({line_axis, {"s", -3.0, 0.5, 14, false}},
                                                   [](double r, double s) { return r * r * r - 2 * r * s * s + s; }),
                                         Shape::smooth, Beyond::unknown);
}

std::string table_call_complaint(const std::string& text) {
  try {
    Expression(text, {"x", "y"}, {}, cubic);
  } catch (const ExpressionError& error) {
    return std::to_string(error.column()) + ": " + error.what();
  }
  return "";
}

void check_same(const Expression& given, const Expression& formula, double tolerance) {
  const Eigen::Matrix2Xd points = (Eigen::Matrix2Xd(2, 3) << 0.3, -0.77, 1.11, 0.4, -0.21, 0.63).finished();
  FieldSamples a, b;
  given.sample(points, 3, a);
  formula.sample(points, 3, b);
  CHECK((a.value - b.value).norm() < tolerance * b.value.norm());
  CHECK((a.gradient - b.gradient).norm() < tolerance * b.gradient.norm());
  CHECK((a.hessian - b.hessian).norm() < tolerance * b.hessian.norm());
  CHECK((a.third - b.third).norm() < tolerance * b.third.norm());

  ExpressionGraph graph(2);  // the block program's derivatives, by another way
  std::vector<GraphNode> outputs{given.append_to(graph)};
  for (const GraphNode slope : graph.gradient(outputs[0])) outputs.push_back(slope);
  const BlockProgram program(graph, outputs);
  for (Index p = 0; p < points.cols(); ++p) {
    const std::vector<double> x = block_of({points(0, p), points(1, p)});
    std::vector<double> out(3 * program_block);
    program.run(x.data(), out.data(), program_block, program_block);
    CHECK(relative_error(out[0], a.value[p]) < 1e-12);
    CHECK(relative_error(out[program_block], a.gradient(0, p)) < 1e-11);
    CHECK(relative_error(out[2 * program_block], a.gradient(1, p)) < 1e-11);
  }
}

}  // namespace

TEST_CASE("a table of any argument has the derivatives of the formula that it was made from") {
  const std::vector<std::string> variables{"x", "y"};
  check_same(Expression("3*table('t', x*y - sin(x))*y", variables, {}, cubic),
             Expression("3*(1 + (x*y - sin(x)) - 2*(x*y - sin(x))^2 + (x*y - sin(x))^3)*y", variables), 1e-10);
  check_same(Expression("table(\"t\", x + y^2, exp(x)*y) - 1", variables, {}, cubic),
             Expression("(x + y^2)^3 - 2*(x + y^2)*(exp(x)*y)^2 + exp(x)*y - 1", variables), 1e-10);
}

TEST_CASE("expressions with the same table are equal and those with others are not") {
  const auto other = [](const std::string& file, int) {
    return std::make_shared<TableFunction>(file, tabulated({line_axis}, [](double r, double) { return r; }),
                                           Shape::smooth, Beyond::unknown);
  };
  const Expression one("table('t', x)", {"x"}, {}, cubic);
  CHECK(one == Expression("table('t', x)", {"x"}, {}, cubic));
  CHECK_FALSE(one == Expression("table('t', x)", {"x"}, {}, other));
}

TEST_CASE("a table is not known beyond its data and a condition keeps away from there") {
  const Expression bare("table('t', x)", {"x"}, {}, cubic), kept("where(x < 6, table('t', x), 0)", {"x"}, {}, cubic);
  const Eigen::VectorXd inside = Eigen::VectorXd::Constant(1, 5.9), outside = Eigen::VectorXd::Constant(1, 6.5);
  CHECK(std::isfinite(bare(inside)));
  const DepartureWatch watch;
  CHECK(watch.departure().empty());
  CHECK(std::isnan(bare(outside)));
  CHECK(watch.departure() == "t is asked for an argument = 6.5, its data reach from -2 to 6");
  CHECK(kept(outside) == 0.0);
  CHECK(relative_error(kept(inside), bare(inside)) < 1e-15);
}

TEST_CASE("what is wrong with a table in an expression is said with its column") {
  CHECK(table_call_complaint("1 + table(x)") ==
        "11: the name of a file in quotes is needed here, as in table(\"FILE\", x)");
  CHECK(table_call_complaint("table('t, x)") == "7: this quote is never closed");
  CHECK(
      table_call_complaint("table('t')") ==
      "1: table needs what it is looked up at, as in table(\"t\", x, y); a table over all variables of a case can also "
      "be given in the place of the text, as { file = \"t\" }");
  CHECK(table_call_complaint("table('t', x, y, x)") == "1: table takes a file and one or two numbers (got 3)");
  CHECK(table_call_complaint("tabel('t', x)").find("the nearest known one is \"table\"") != std::string::npos);
  CHECK_THROWS_WITH_AS(Expression("table('t', x)", {"x"}), "tables can be named in case files alone", ExpressionError);
}

TEST_CASE("a periodic table wraps with its derivatives") {
  const TabulatedValues::Axis turn{"phi", 0.0, 2.0 * std::numbers::pi / 64.0, 64, true};
  for (const Shape shape : {Shape::smooth, Shape::bounded}) {
    const TableFunction f("t", tabulated({turn}, [](double phi, double) { return 2 + std::cos(phi); }), shape,
                          Beyond::unknown);
    for (const double x : {0.03, 6.25, -0.2, 40.0}) {
      const auto at = f.derivatives(x, 0.0, 1);
      CHECK(relative_error(at[0][0], 2 + std::cos(x)) < 2e-3);
      CHECK(std::abs(at[1][0] + std::sin(x)) < (shape == Shape::smooth ? 1e-5 : 0.06));
      CHECK(relative_error(at[0][0], f.derivatives(x + 2.0 * std::numbers::pi, 0.0, 1)[0][0]) < 1e-12);
    }
  }
}

TEST_CASE("a bounded table stays within its data where the spline does not and has the right slopes") {
  const auto step = [](double x, double y) { return x + 0.3 * y > 0.1 ? 5.0 : 0.02; };
  const std::vector<TabulatedValues::Axis> axes{{"x", -1.0, 0.1, 21, false}, {"y", -1.0, 0.1, 21, false}};
  const TableFunction spline("t", tabulated(axes, step), Shape::smooth, Beyond::unknown);
  const TableFunction bounded("t", tabulated(axes, step), Shape::bounded, Beyond::unknown);
  double lowest_of_spline = 1.0;
  for (double x = -0.99; x < 1.0; x += 0.037)
    for (double y = -0.99; y < 1.0; y += 0.041) {
      lowest_of_spline = std::min(lowest_of_spline, spline.derivatives(x, y, 0)[0][0]);
      const auto at = bounded.derivatives(x, y, 1);
      REQUIRE(at[0][0] >= 0.02 - 1e-14);
      REQUIRE(at[0][0] <= 5.0 + 1e-13);
      constexpr double h = 1e-6;
      REQUIRE(std::abs((bounded.derivatives(x + h, y, 0)[0][0] - bounded.derivatives(x - h, y, 0)[0][0]) / (2 * h) -
                       at[1][0]) < 1e-2);
      REQUIRE(std::abs((bounded.derivatives(x, y + h, 0)[0][0] - bounded.derivatives(x, y - h, 0)[0][0]) / (2 * h) -
                       at[0][1]) < 1e-2);
    }
  CHECK(lowest_of_spline < -0.1);
}

TEST_CASE("bounding changes nothing where values ascend smoothly and costs the second order at their extrema") {
  const auto smooth_error = [](Index points, double low, double high) {
    const TabulatedValues::Axis axis{"x", 0.0, 2.0 / static_cast<double>(points - 1), points, false};
    const TableFunction f("t", tabulated({axis}, [](double x, double) { return 2 + std::sin(3 * x); }), Shape::bounded,
                          Beyond::unknown);
    double worst = 0.0;
    for (double x = low; x < high; x += 0.0013)
      worst = std::max(worst, std::abs(f.derivatives(x, 0.0, 0)[0][0] - 2 - std::sin(3 * x)));
    return worst;
  };
  CHECK(smooth_error(21, 0.1, 0.4) / smooth_error(41, 0.1, 0.4) > 12.0);  // fourth order
  for (const Index points : {21, 41, 81}) {
    const double step = 2.0 / static_cast<double>(points - 1);
    CHECK(smooth_error(points, 0.1, 1.9) < 9.0 * step * step / 4.0);  // |f''| <= 9
  }
}

TEST_CASE("held tables keep the value at their end") {
  const TableFunction f("t", tabulated({line_axis}, [](double r, double) { return r * r; }), Shape::bounded,
                        Beyond::held);
  const auto at = f.derivatives(7.0, 0.0, 1);
  CHECK(relative_error(at[0][0], 36.0) < 1e-14);
  CHECK(at[1][0] == 0.0);
}
