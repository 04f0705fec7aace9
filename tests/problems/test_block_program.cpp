#include "problems/landscapes/block_program.hpp"

#include "grids/wide_functions.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression.hpp"

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

TEST_CASE("the force of Mueller and Brown's surface that is made by hand is that of its expression") {
  const auto landscape = built_in_landscape("muller_brown", 2);
  const bool by_hand = landscape->block_force() != nullptr;
  REQUIRE(by_hand);
  const std::vector<double> x = spread(2, -1.5, 2.0);
  std::vector<double> force(2 * points);
  landscape->block_force()(x.data(), force.data(), points, points);
  Eigen::MatrixXd at(2, points);
  for (int k = 0; k < 2; ++k)
    for (std::ptrdiff_t p = 0; p < points; ++p) at(k, p) = x[static_cast<std::size_t>(k * points + p)];
  FieldSamples samples;
  landscape->sample(at, 1, samples);
  for (int k = 0; k < 2; ++k)
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      const double expected = -samples.gradient(k, p);
      CHECK(std::abs(force[static_cast<std::size_t>(k * points + p)] - expected) <
            1e-13 * (100.0 + std::abs(expected)));
    }
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
