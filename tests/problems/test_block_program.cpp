#include "problems/expressions/block_program.hpp"

#include "grids/wide_functions.hpp"
#include "problems/expressions/block_force.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/expressions/hills.hpp"
#include "problems/landscapes/built_in.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace valleyflux;

namespace {

constexpr std::ptrdiff_t points = 2 * program_block;

/// Places spread over (low, high), by the golden ratio.
std::vector<double> spread(int dimension, double low, double high) {
  std::vector<double> x;
  for (int n = 0; n < dimension * points; ++n) x.push_back(low + (high - low) * std::fmod(0.6180339887 * (n + 1), 1.0));
  return x;
}

/// Largest difference, relative to 1 + |value|, between a program's value and gradient and those of truncated Taylor
/// arithmetic.
double worst_difference(const std::string& text, int dimension, double low, double high) {
  const Expression expression(text, variable_names(dimension));
  ExpressionGraph graph(dimension);
  const GraphNode value = expression.append_to(graph);
  std::vector<GraphNode> outputs = graph.gradient(value);
  outputs.push_back(value);
  const std::vector<double> x = spread(dimension, low, high);
  std::vector<double> out(outputs.size() * points);
  BlockProgram(graph, outputs).run(x.data(), out.data(), points, points);
  Eigen::MatrixXd at(dimension, points);
  for (int k = 0; k < dimension; ++k)
    for (std::ptrdiff_t p = 0; p < points; ++p) at(k, p) = x[static_cast<std::size_t>(k * points + p)];
  FieldSamples samples;
  expression.sample(at, 1, samples);
  double worst = 0.0;
  for (int k = 0; k <= dimension; ++k)
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      const double expected = k < dimension ? samples.gradient(k, p) : samples.value[p];
      const double difference = out[static_cast<std::size_t>(k * points + p)] - expected;
      worst = std::max(worst, std::abs(difference) / (1.0 + std::abs(expected)));
    }
  return worst;
}

double units_in_the_last_place(double value, long double exact) {
  const auto rounded = static_cast<double>(exact);
  const double unit = std::nextafter(std::abs(rounded), 1e308) - std::abs(rounded);
  return static_cast<double>(std::abs(value - exact)) / unit;
}

}  // namespace

TEST_CASE("programs over blocks have the values and gradients of the expressions they are made from") {
  for (const char* text : {"x^4/4 - x^2/2", "exp(-x^2)*sin(3*x) - cos(x)/(2 + x)", "log(3 + x) + sqrt(2 + x)*tan(x/2)",
                           "asin(x/2) + acos(x/3) + atan(x)", "sinh(x) + cosh(x)*tanh(x) + erf(x)", "log10(4 + x)^3",
                           "abs(x) + min(x, x^2) + max(x, 0.5)", "(2 + x)^1.5 + (3 + x)^x + x^-2 + 2^x", "7", "x",
                           "1 - (1 - x) - x", "sin(1e6*x)"})
    CHECK_MESSAGE(worst_difference(text, 1, -1.5, 1.5) < 1e-9, text);
  for (const char* text : {"(x^2 + y - 11)^2 + (x + y^2 - 7)^2", "atan2(y, x) + x*y/(1 + x^2*y^2)", "x*y - y*x", "y",
                           "exp(x*y)*(x - y) - (x - y)*2 + 3*(x - y)"})
    CHECK_MESSAGE(worst_difference(text, 2, -2.0, 2.0) < 1e-12, text);
  CHECK(worst_difference("x1*x2^2*x3^3*x4 + exp(x5)", 5, -1.0, 1.0) < 1e-13);
}

TEST_CASE("landscapes of hills have the force of their expressions") {
  const auto worst = [](const std::string& text, int dimension, std::size_t hills) {
    const Expression expression(text, variable_names(dimension));
    ExpressionGraph graph(dimension);
    const GraphNode value = expression.append_to(graph);
    ExpressionGraph copy = graph;
    CHECK_MESSAGE(split_hills(copy, value).hills.size() == hills, text);
    const std::vector<double> x = spread(dimension, -1.5, 2.0);
    std::vector<double> force(x.size());
    BlockForce(graph, value).run(x.data(), force.data(), points, points);
    FieldSamples samples;
    expression.sample(Eigen::Map<const Eigen::MatrixXd>(x.data(), points, dimension).transpose(), 1, samples);
    const Eigen::MatrixXd found = Eigen::Map<const Eigen::MatrixXd>(force.data(), points, dimension).transpose();
    const double size = samples.gradient.cwiseAbs().maxCoeff();
    return (found + samples.gradient).cwiseAbs().maxCoeff() / size;
  };
  CHECK(worst(built_in("muller_brown").landscape, 2, 4) < 1e-14);
  CHECK(worst(built_in("three_hole").landscape, 2, 4) < 1e-14);
  CHECK(worst("x^4/4 - 2*exp(-8*x^2) + exp(3*x - x^2)/2", 1, 2) < 1e-14);
  CHECK(worst("exp(-(x - y)^2 - (y - z)^2 - z^2 + x*z/2) - exp(-x^2 - y^2 - z^2) + x*y*z", 3, 2) < 1e-14);
  // Far away and narrow: the exponent's powers cancel.
  CHECK(worst("exp(-1e4*(x - 1)^2 - 1e4*(y + 1)^2)*3 + exp(-(x - 1000)^2/2e5 - (y + 1000)^2/2e5)", 2, 2) < 1e-13);
  // None: exponents that are no quadratic functions with one stationary point, and too many variables.
  CHECK(worst("exp(-x^2) + exp(x + y) + exp(-x^4 - y^2) + x^2*exp(-x^2 - y^2) + exp(-(x + y)^2)", 2, 0) < 1e-14);
  CHECK(worst("exp(x^2 - 100*x + y^2)", 2, 0) < 1e-12);  // 0 exp(2500) would be the value at 0
  CHECK(worst("exp(-x1^2 - x2^2 - x3^2 - x4^2)", 4, 0) < 1e-14);
}

TEST_CASE("elementary functions for vectors are right to two units in the last place") {
  double sine = 0.0, cosine = 0.0, exponential = 0.0, logarithm = 0.0;
  for (int n = 0; n < 200000; ++n) {
    const double x = -50.0 + 100.0 * std::fmod(0.6180339887498949 * n, 1.0);
    sine = std::max(sine, units_in_the_last_place(wide_sin(x), std::sin(static_cast<long double>(x))));
    cosine = std::max(cosine, units_in_the_last_place(wide_cos(x), std::cos(static_cast<long double>(x))));
    exponential =
        std::max(exponential, units_in_the_last_place(wide_exp(14 * x), std::exp(static_cast<long double>(14 * x))));
    logarithm = std::max(logarithm, units_in_the_last_place(wide_log(std::abs(x) + 1e-9),
                                                            std::log(static_cast<long double>(std::abs(x) + 1e-9))));
  }
  CHECK(sine < 2.0);
  CHECK(cosine < 2.0);
  CHECK(exponential < 2.0);
  CHECK(logarithm < 2.0);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(wide_exp(-infinity) == 0.0);
  CHECK(wide_exp(-750.0) == 0.0);
  CHECK(wide_exp(infinity) == infinity);
  CHECK(wide_exp(710.0) == infinity);
  CHECK(std::isnan(wide_exp(std::nan(""))));
  CHECK(wide_log(0.0) == -infinity);
  CHECK(wide_log(infinity) == infinity);
  CHECK(std::isnan(wide_log(-1.0)));
  CHECK(std::abs(wide_log(1e-310) - std::log(1e-310)) < 1e-12);
}

TEST_CASE("programs of long sums and products are made in linear time") {
  std::string sum = "x", product = "x";
  for (int k = 1; k <= 10000; ++k) {
    sum += k % 2 ? "+x*x" : "-x/3";
    product += "*(1+1e-6*x)";
  }
  CHECK(worst_difference(sum, 1, -1.0, 1.0) < 1e-9);
  CHECK(worst_difference(product, 1, -1.0, 1.0) < 1e-9);
}

TEST_CASE("programs over blocks choose as expressions do, and what is not chosen leaves no trace") {
  for (const char* text :
       {"(x > 0)*2 + x*(x <= 0.5)", "where(x < 0, sqrt(-x), x*sqrt(x))", "where(x < 0 || x > 1, x^3, 2*x - 1)",
        "where(!(x > 0.2) && x >= -1, exp(x), where(x < 0, log(-x), log(x)))", "(x == x) + (x != x)*sin(x)",
        "x^2*where(x > 0, cos(3*x), (x < -1) + x)^3", "where((x > 0) > (x > 1), x, 1/(x - 5))",
        "where(x > 0, where(x > 1, sqrt(x - 1), x), where(x < -1, sqrt(-1 - x), -x))*x"})
    CHECK_MESSAGE(worst_difference(text, 1, -1.5, 1.5) < 1e-12, text);
  CHECK(worst_difference("where(x*y < 1 && (x > 0)*y != 0, x*y^2, (y <= x) - x)", 2, -2.0, 2.0) < 1e-12);
  // Nothing compares with what is no number, but that it is unequal.
  for (const char* text :
       {"2*(sqrt(x) < 1)", "2*(sqrt(x) <= 1)", "2*(1 > sqrt(x))", "2*(1 >= sqrt(x))", "2*(sqrt(x) == sqrt(x))",
        "2*(sqrt(x) != 0.5)", "(log(x) <= log(x^3))*2 + (sqrt(x) >= -sqrt(-x))"})
    CHECK_MESSAGE(worst_difference(text, 1, -1.5, 1.5) == 0.0, text);
  // At the place of equality itself, second derivatives too.
  const Expression step("where(x <= 1, x^3, 0*x) + (x >= 1) + (x < 1)*4", {"x"});
  ExpressionGraph graph(1);
  const GraphNode value = step.append_to(graph), slope = graph.gradient(value)[0];
  const std::vector<double> x = block_of({1.0});
  std::vector<double> out(3 * x.size());
  BlockProgram(graph, {value, slope, graph.gradient(slope)[0]}).run(x.data(), out.data(), program_block, program_block);
  CHECK(out[0] == 2.0);
  CHECK(out[program_block] == 3.0);
  CHECK(out[2 * program_block] == 6.0);
}

TEST_CASE("conditions that hold conditions bound regions by what joins them alone") {
  ExpressionGraph graph(1);
  const GraphNode level = Expression("x > 0 && (x > 0.5)*2 < 1", {"x"}).append_to(graph);
  const std::vector<double> x{spread(1, -1.0, 1.0)};
  std::vector<double> out(x.size());
  BlockProgram(graph, {level}).run(x.data(), out.data(), points, points);
  for (std::size_t p = 0; p < x.size(); ++p) CHECK((out[p] > 0) == (x[p] > 0 && x[p] <= 0.5));
}

TEST_CASE("the lesser of a number and of none is none on either side, and one side of an or is enough") {
  for (const char* text : {"min(log(x), 1)", "min(1, log(x))", "max(log(x), 1)", "max(1, log(x))"}) {
    ExpressionGraph graph(1);
    const GraphNode value = Expression(text, {"x"}).append_to(graph);
    const std::vector<double> x = spread(1, -1.0, -0.5);
    std::vector<double> out(x.size());
    BlockProgram(graph, {value}).run(x.data(), out.data(), points, points);
    CHECK_MESSAGE(std::all_of(out.begin(), out.end(), [](double y) { return std::isnan(y); }), text);
    FieldSamples samples;
    Expression(text, {"x"}).sample(Eigen::MatrixXd::Constant(1, 1, -1.0), 1, samples);
    CHECK_MESSAGE(std::isnan(samples.value[0]), text);
  }
  for (const char* text :
       {"x < 0.5 || log(x) > -0.5", "log(x) > -0.5 || x < 0.5", "!(x >= 0.5) && log(x^2) < -1e-3 || x < -2"}) {
    const Expression region(text, {"x"});
    ExpressionGraph graph(1);
    const GraphNode level = region.append_to(graph);
    const std::vector<double> x = spread(1, -1.0, 1.0);
    std::vector<double> out(x.size());
    BlockProgram(graph, {level}).run(x.data(), out.data(), points, points);
    for (std::size_t p = 0; p < x.size(); ++p)
      CHECK_MESSAGE((out[p] > 0) == (region(Eigen::VectorXd::Constant(1, x[p])) != 0), text);
  }
}
