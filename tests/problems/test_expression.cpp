#include "problems/expressions/expression.hpp"

#include "problems/expressions/polynomial.hpp"
#include "problems/landscapes/built_in.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <array>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <functional>

using namespace valleyflux;

namespace {

using Precise = boost::multiprecision::cpp_bin_float_50;

std::size_t column_of(const std::string& text) {
  try {
    Expression(text, {"x", "y"}, {{"a", 2.0}});
  } catch (const ExpressionError& error) {
    return error.column();
  }
  return 0;
}

/// Derivatives of f up to third order by central differences in 50 digits.
Precise difference(const std::function<Precise(Precise, Precise)>& f, double x, double y, std::vector<int> by) {
  const Precise h("1e-9");
  if (by.empty()) return f(x, y);
  const std::function<Precise(Precise, Precise, std::size_t)> slope = [&](const Precise& u, const Precise& v,
                                                                          std::size_t k) -> Precise {
    if (k == by.size()) return f(u, v);
    const Precise du = by[k] == 0 ? h : Precise(0), dv = by[k] == 1 ? h : Precise(0);
    return (slope(u + du, v + dv, k + 1) - slope(u - du, v - dv, k + 1)) / (2 * h);
  };
  return slope(x, y, 0);
}

}  // namespace

TEST_CASE("values follow the usual rules of precedence") {
  const auto value = [](const std::string& text) {
    return Expression(text, {"x", "y"}, {{"a", 2.0}})(Eigen::Vector2d(3.0, -2.0));
  };
  CHECK(value("-x^2") == -9.0);
  CHECK(value("2^3^2") == 512.0);
  CHECK(value("1 - 2 - 3") == -4.0);
  CHECK(value("12/2/3") == 2.0);
  CHECK(value("a*x + y") == 4.0);
  CHECK(value("y^3") == -8.0);
  CHECK(value("max(x, y) - min(x, y)") == 5.0);
  CHECK(value("x > 0 && !(y > 0) || x == 7") == 1.0);
  CHECK(value("pi - 2*atan2(1, 0)") == 0.0);
  CHECK(std::isnan(value("y^0.5")));
}

TEST_CASE("derivatives to third order agree with differences in 50 digits") {
  struct Sample {
    std::string text;
    std::function<Precise(Precise, Precise)> f;
  };
  const std::vector<Sample> samples{
      {"x^4/4 - x^2/2 + x*y^3",
       [](const Precise& x, const Precise& y) { return x * x * x * x / 4 - x * x / 2 + x * y * y * y; }},
      {"exp(-x^2 - 2*y^2)*sin(3*x + y)",
       [](const Precise& x, const Precise& y) { return exp(-x * x - 2 * y * y) * sin(3 * x + y); }},
      {"sqrt(1 + x^2)/(2 + cos(y))", [](const Precise& x, const Precise& y) { return sqrt(1 + x * x) / (2 + cos(y)); }},
      {"log(2 + x)*tanh(y) + (2 + x)^1.5",
       [](const Precise& x, const Precise& y) { return log(2 + x) * tanh(y) + pow(2 + x, Precise("1.5")); }},
      {"atan2(y, x) + asin(x/2) + tan(y/2)",
       [](const Precise& x, const Precise& y) { return atan2(y, x) + asin(x / 2) + tan(y / 2); }},
      {"(2 + x)^y + sinh(x)*cosh(y) + atan(x*y)",
       [](const Precise& x, const Precise& y) { return pow(2 + x, y) + sinh(x) * cosh(y) + atan(x * y); }},
      {"abs(x - 3)*x^-2 + log10(3 + y) + acos(y/3)", [](const Precise& x, const Precise& y) {
         return abs(x - 3) / (x * x) + log(3 + y) / log(Precise(10)) + acos(y / 3);
       }}};
  for (const Sample& sample : samples) {
    const Expression expression(sample.text, {"x", "y"});
    FieldSamples field;
    const Eigen::Vector2d at(0.7, -0.4);
    expression.sample(at, 3, field);
    const double scale =
        field.third.cwiseAbs().maxCoeff() + field.hessian.cwiseAbs().maxCoeff() + std::abs(field.value[0]);
    CAPTURE(sample.text);
    const auto error = [&](double found, std::vector<int> by) {
      return std::abs(found - static_cast<double>(difference(sample.f, at[0], at[1], std::move(by)))) / scale;
    };
    CHECK(error(field.value[0], {}) < 1e-14);
    for (int i = 0; i < 2; ++i) {
      CHECK(error(field.gradient(i, 0), {i}) < 1e-13);
      for (int j = 0; j < 2; ++j) {
        CHECK(error(field.hessian(i + 2 * j, 0), {i, j}) < 1e-13);
        for (int k = 0; k < 2; ++k) CHECK(error(field.third(i + 2 * j + 4 * k, 0), {i, j, k}) < 1e-13);
      }
    }
  }
}

TEST_CASE("integer powers have their derivatives at zero") {
  FieldSamples field;
  Expression("x^2 + x^3", {"x"}).sample(Eigen::MatrixXd::Zero(1, 1), 3, field);
  CHECK(field.value[0] == 0.0);
  CHECK(field.gradient(0, 0) == 0.0);
  CHECK(field.hessian(0, 0) == 2.0);
  CHECK(field.third(0, 0) == 6.0);
}

TEST_CASE("derivatives by the first variables alone leave the rest of them constant") {
  // x^3 a^2 + exp(a y) at (x, y, a) = (2, 1, 3), by x and y.
  const Expression expression("x^3*a^2 + exp(a*y)", {"x", "y", "a"});
  const Eigen::Vector3d point(2.0, 1.0, 3.0);
  FieldSamples field;
  expression.sample(point, 3, field, 2);
  const double e = std::exp(3.0);
  const auto same = [](const Eigen::MatrixXd& found, const Eigen::VectorXd& right) {
    return found.col(0).size() == right.size() && (found.col(0) - right).norm() < 1e-14 * right.norm();
  };
  CHECK(std::abs(field.value[0] / (72.0 + e) - 1.0) < 1e-15);
  CHECK(same(field.gradient, Eigen::Vector2d(108.0, 3.0 * e)));
  CHECK(same(field.hessian, Eigen::Vector4d(108.0, 0.0, 0.0, 9.0 * e)));
  CHECK(same(field.third, Eigen::Vector<double, 8>(54.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 27.0 * e)));
  CHECK_THROWS_AS(expression.sample(point, 1, field, 4), std::invalid_argument);
}

TEST_CASE("expressions are made from others by arithmetic, as their texts are read") {
  const Expression x = Expression::variable(0, 2), y = Expression::variable(1, 2);
  const auto number = [](double value) { return Expression::constant(value, 2); };
  const auto read = [](const std::string& text) { return Expression(text, {"x", "y"}); };
  CHECK(x * y - x / y == read("x*y - x/y"));
  CHECK((number(2.0) + number(3.0)) * x - number(1.0) == read("(2 + 3)*x - 1"));
  CHECK_FALSE(x * y == read("y*x"));
  CHECK_FALSE(x == Expression::variable(0, 1));
  CHECK_FALSE(x + number(1.0) == read("x + 2"));
  CHECK((x + y).text().empty());
  CHECK_THROWS_AS(x + Expression::variable(0, 1), std::invalid_argument);
  CHECK_THROWS_AS(x * read("x < y"), std::invalid_argument);
  CHECK_THROWS_AS(Expression::variable(2, 2), std::invalid_argument);
}

TEST_CASE("polynomials have the values and derivatives of their powers") {
  const Expression x = Expression::variable(0, 1), u = x - Expression::constant(1.0, 1);
  FieldSamples field;
  polynomial({5.0, -4.0, 3.0, 2.0}, u).sample(Eigen::VectorXd::Constant(1, 3.0), 3, field);  // u = 2
  CHECK(field.value[0] == 25.0);
  CHECK(field.gradient(0, 0) == 32.0);
  CHECK(field.hessian(0, 0) == 30.0);
  CHECK(field.third(0, 0) == 12.0);
  CHECK(polynomial({7.0}, u).is_constant());
  CHECK(Expression("0.1 + 0*u", {"u"}).is_constant());
  CHECK_FALSE(Expression("0.1 + 1e-9*u", {"u"}).is_constant());
  Eigen::MatrixXd coefficients(2, 3);  // 1 + 2 x + y (3 + 4 x) + y^2 (5 + 6 x)
  coefficients << 1.0, 3.0, 5.0, 2.0, 4.0, 6.0;
  polynomial(coefficients, {Expression::variable(0, 2), Expression::variable(1, 2)})
      .sample(Eigen::Vector2d(2.0, -3.0), 1, field);
  CHECK(field.value[0] == 125.0);
  CHECK(field.gradient(0, 0) == 44.0);
  CHECK(field.gradient(1, 0) == -91.0);
  CHECK_THROWS_AS(polynomial(std::vector<double>{}, u), std::invalid_argument);
  CHECK_THROWS_AS(polynomial(coefficients, {u}), std::invalid_argument);
}

TEST_CASE("errors point at the column") {
  CHECK(column_of("x + a") == 0);
  CHECK(column_of("x + foo") == 5);
  CHECK(column_of("x^^2") == 3);
  CHECK(column_of("2x") == 2);
  CHECK(column_of("(x + 1") == 1);
  CHECK(column_of("x)") == 2);
  CHECK(column_of("") == 1);
  CHECK(column_of("min(x)") == 1);
  CHECK(column_of("where(x, 1, 2)") == 7);
  CHECK(column_of("where(x < 0, 1)") == 1);
  CHECK(column_of("!(x < 0)*2") == 2);
  CHECK(column_of("1 + x && y < 2") == 1);
  CHECK(column_of("x && y") == 1);
  CHECK(column_of("x ** 2") == 3);
  CHECK(column_of("1e400") == 1);
}

TEST_CASE("points are evaluated alike, to the last bit, however many there are") {
  const Expression expression("exp(-x^2)*y + x^3*y^-2 + atan2(y, x) + min(x, y)/(2 + sin(x)) + (3 + x)^y", {"x", "y"});
  const Eigen::MatrixXd points = Eigen::MatrixXd::Random(2, 333);
  for (int order = 0; order <= 3; ++order) {
    FieldSamples all;
    expression.sample(points, order, all);
    for (const Index count : {1, 2, 3, 4, 7, 15, 31, 64, 65})
      for (Index first = 0; first + count <= points.cols(); first += 67) {
        FieldSamples some;
        expression.sample(points.middleCols(first, count), order, some);
        CHECK(some.value == all.value.segment(first, count));
        if (order > 0) CHECK(some.gradient == all.gradient.middleCols(first, count));
        if (order > 1) CHECK(some.hessian == all.hessian.middleCols(first, count));
        if (order > 2) CHECK(some.third == all.third.middleCols(first, count));
      }
  }
}

TEST_CASE("built-in landscapes have their published minima and saddles") {
  FieldSamples field;
  const auto muller_brown = built_in_landscape("muller_brown", 2);
  for (const auto& [x, y, height] : {std::tuple{-0.558224, 1.441726, -146.6995},
                                     {0.623499, 0.028038, -108.1667},
                                     {-0.050011, 0.466694, -80.7678},
                                     {-0.822002, 0.624313, -40.6648},
                                     {0.212487, 0.292988, -72.2489}}) {
    muller_brown->sample(Eigen::Vector2d(x, y), 1, field);
    CHECK(std::abs(field.value[0] - height) < 1e-4);
    CHECK(field.gradient.norm() < 2e-2);
  }
  built_in_landscape("styblinski_tang", 5)->sample(Eigen::VectorXd::Constant(5, -2.903534), 2, field);
  CHECK(std::abs(field.value[0] / 5.0 + 39.16617) < 1e-5);
  CHECK(field.gradient.norm() < 1e-4);
  built_in_landscape("himmelblau", 2)->sample(Eigen::Vector2d(3.0, 2.0), 1, field);
  CHECK(field.value[0] == 0.0);
  CHECK(field.gradient.norm() == 0.0);
  CHECK_THROWS_AS(built_in("muler_brown"), std::invalid_argument);
  CHECK_THROWS_AS(built_in_landscape("quartic_double_well", 1, {{"hight", 1.0}}), std::invalid_argument);
  CHECK_THROWS_AS(built_in_landscape("quartic_double_well", 2), std::invalid_argument);
  CHECK_THROWS_AS(built_in_landscape("maier_stein", 2), std::invalid_argument);
}

TEST_CASE("expressions may be long but not nested without end") {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int k = 0; k < times; ++k) all += text;
    return all;
  };
  const auto nested = [&](const std::string& open, const std::string& middle, const std::string& close, int times) {
    return repeated(open, times) + middle + repeated(close, times);
  };
  const Eigen::Vector2d at(0.5, 0.0);
  const auto value = [&](const std::string& text) { return Expression(text, {"x", "y"})(at); };
  CHECK(value(nested("(", "x", ")", 256)) == 0.5);
  CHECK(value(nested("-", "x", "", 256)) == 0.5);
  CHECK(value(nested("abs(", "-x", ")", 255)) == 0.5);
  CHECK(column_of(nested("(", "x", ")", 100000)) == 258);
  CHECK(column_of(nested("-", "x", "", 100000)) == 258);
  CHECK(column_of(nested("+", "x", "", 100000)) == 258);
  CHECK(column_of(nested("!", "(x < 0)", "", 100000)) == 258);
  CHECK(column_of(nested("sin(", "x", ")", 100000)) == 4 * 257 + 1);
  CHECK(column_of(nested("x^", "x", "", 100000)) == 2 * 257 + 1);
  CHECK(column_of(nested("(", "x", ")", 1000001)) == 1000001);
  // Sums and products as long as one likes: the values of multiples of 1/2 are exact.
  CHECK(value("x" + repeated("+1", 100000)) == 100000.5);
  CHECK(value("x" + repeated("+x", 100000)) == 50000.5);
  CHECK(value("x" + repeated("-x+x", 50000)) == 0.5);
  CHECK(value("x" + repeated("*2*x", 50000)) == 0.5);
  CHECK(value("0" + repeated("+1*x", 50000)) == 25000.0);
  CHECK(value("4" + repeated("/(x+x)", 50000)) == 4.0);
  CHECK(value("x < 1" + repeated(" && x < 1", 50000)) == 1.0);
}

TEST_CASE("conditions are 1 or 0 to reckon with, and where() is what is chosen, derivatives included") {
  const auto at = [](const std::string& text, double x) {
    FieldSamples samples;
    Expression(text, {"x"}, {{"a", 2.0}}).sample(Eigen::MatrixXd::Constant(1, 1, x), 3, samples);
    return std::array{samples.value[0], samples.gradient(0, 0), samples.hessian(0, 0), samples.third(0, 0)};
  };
  using Derivatives = std::array<double, 4>;
  CHECK(at("(x > 0)*2", 1.0) == Derivatives{2.0, 0.0, 0.0, 0.0});
  CHECK(at("(x > 0)*2", -1.0) == Derivatives{0.0, 0.0, 0.0, 0.0});
  CHECK(at("(x >= 0) + (x <= 0) + (x == 0) - (x != 0)", 0.0)[0] == 3.0);
  CHECK(at("x^3*(x > 1 && !(x > 4))", 2.0) == Derivatives{8.0, 12.0, 12.0, 6.0});
  CHECK(at("x^3*(x > 1 && !(x > 4))", 5.0) == Derivatives{0.0, 0.0, 0.0, 0.0});
  CHECK(at("-(x < 3)^2 + max(x < 3, x > 5)", 1.0)[0] == 0.0);
  CHECK(at("(a > 1)*x", 3.0) == Derivatives{3.0, 1.0, 0.0, 0.0});
  // The side that is not chosen is NaN, with its derivatives.
  for (const double x : {-4.0, 4.0}) {
    const Derivatives root = at("where(x < 0, sqrt(-x), x*sqrt(x))", x);
    const Derivatives expected =
        x < 0 ? Derivatives{2.0, -0.25, -1.0 / 32.0, -3.0 / 256.0} : Derivatives{8.0, 3.0, 0.375, -3.0 / 64.0};
    for (std::size_t k = 0; k < 4; ++k) CHECK(relative_error(root[k], expected[k]) < 1e-14);
  }
  CHECK(at("where(a < 1, log(-1 - x^2), where(x < 0, x, 7)) + 1", -0.5) == Derivatives{0.5, 1.0, 0.0, 0.0});
  CHECK(at("2*where(a > 1, 3, x)", 1.0) == Derivatives{6.0, 0.0, 0.0, 0.0});
  CHECK_FALSE(Expression("(x > 0)*2", {"x"}).is_predicate());
  CHECK_FALSE(Expression("where(x > 0, x < 1, x > -1)", {"x"}).is_predicate());
  CHECK(Expression("(x > 0)*2 > 1 || x < -3", {"x"}).is_predicate());
}
