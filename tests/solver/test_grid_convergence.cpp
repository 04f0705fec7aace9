#include "solver/escape/grid_convergence.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace valleyflux;

namespace {

const std::vector<double> spacings{0.1, 0.2, 0.4};

template <class RateOf>
GridConvergence of_three(RateOf rate) {
  return extrapolate({rate(0.1), rate(0.2), rate(0.4)}, spacings);
}

bool holds(const GridConvergence& result, double truth) {
  return *result.low <= truth && truth <= *result.high;
}

}  // namespace

TEST_CASE("a second-order error is extrapolated away, and the error is that of the extrapolated value") {
  const GridConvergence result =
      of_three([](double h) { return 3e-200 * std::exp(0.7 * h * h + 0.3 * h * h * h * h); });
  CHECK(std::abs(result.value / 3e-200 - 1.0) < 2e-4);
  CHECK(holds(result, 3e-200));
  CHECK(*result.relative_error() < 0.65 * 0.7 * 0.1 * 0.1);  // of the finest grid's own error
  CHECK(std::abs(*result.observed_order - 2.0) < 0.1);
  CHECK(result.note.empty());
}

TEST_CASE("an order that is seen twice leaves the error of the extrapolated value") {
  const auto rate = [](double h) { return 3e-200 * std::exp(0.7 * h * h + 0.3 * h * h * h * h); };
  const GridConvergence result = extrapolate({rate(0.05), rate(0.1), rate(0.2), rate(0.4)}, {0.05, 0.1, 0.2, 0.4});
  CHECK(holds(result, 3e-200));
  CHECK(*result.relative_error() < 0.25 * 0.7 * 0.05 * 0.05);
}

TEST_CASE("an order of 2 that is an accident of three coarse grids leaves most of the correction") {
  // A quasi-stationary rate on 8, 16 and 32 cells: p = 2.01; on 64 cells p is 2.35, on 1024 the logarithm -8.1876022.
  const auto rates = {std::exp(-8.187571389118103), std::exp(-8.187450765995695), std::exp(-8.186963782777509)};
  CHECK(holds(extrapolate(rates, spacings), std::exp(-8.1876022)));
}

TEST_CASE("extrapolated values that agree by accident still leave an interval") {
  // The fourth and sixth order cancel in the change of the extrapolated value, not in the value itself.
  const auto rate = [](double h) { return std::exp(h * h + h * h * h * h - h * h * h * h * h * h / 0.21); };
  const GridConvergence result = of_three(rate);
  CHECK(*result.relative_error() > 1e-4);
  CHECK(holds(result, 1.0));
}

TEST_CASE("an order below two is said, not extrapolated, and its truth still lies in the interval") {
  const GridConvergence result = of_three([](double h) { return std::exp(h); });
  CHECK(std::abs(*result.observed_order - 1.0) < 1e-9);
  CHECK(result.note.find("order 1.0") != std::string::npos);
  CHECK(std::abs(result.value / std::exp(0.1) - 1.0) < 1e-14);
  CHECK(holds(result, 1.0));
}

TEST_CASE("an order above two is said, and the coarser difference bounds the error") {
  const GridConvergence result = of_three([](double h) { return std::exp(h * h * h * h); });
  CHECK(std::abs(*result.observed_order - 4.0) < 1e-9);
  CHECK(holds(result, 1.0));
  // A difference that all but vanishes by accident says nothing of the error.
  const GridConvergence accident = extrapolate({1.0, 1.0 + 1e-8, 1.3}, spacings);
  CHECK(*accident.relative_error() > 1e-2);
}

TEST_CASE("errors that cross zero from one grid to the next are not taken for a high order") {
  // A sheared double well, right to left by reactive flux, on 24 to 384 cells; 7.13516e-5 is right (quadrature).
  const GridConvergence result =
      extrapolate({7.14036599e-5, 7.14234965e-5, 7.18494111e-5, 8.08075768e-5}, {0.125, 0.25, 0.5, 1.0});
  CHECK(holds(result, 7.13516e-5));
}

TEST_CASE("errors that fall faster than by the order of the grids leave what the coarser grid still lacked") {
  // A rotated separable landscape, left to right, on 25 to 204 cells; exp(-3.749465) is right (quadrature).
  const auto rates = {std::exp(-3.749606), std::exp(-3.749681), std::exp(-3.750125), std::exp(-3.835302)};
  CHECK(holds(extrapolate(rates, {0.125, 0.25, 0.5, 1.0}), std::exp(-3.749465)));
}

TEST_CASE("of an order that is lost between two grids and seen over all four the coarser difference is left as error") {
  // Errors c h^2 whose factor jumps, as where a curved surface meets few cells: 0.5, 1, 0.8, 1.
  constexpr double small = 0.02;
  const auto rate = [](double factor, double h) { return std::exp(small * factor * h * h); };
  const std::vector<double> rates{rate(0.5, 0.125), rate(1.0, 0.25), rate(0.8, 0.5), rate(1.0, 1.0)};
  const std::vector<double> four{0.125, 0.25, 0.5, 1.0};
  const GridConvergence result = extrapolate(rates, four);
  CHECK(*result.observed_order < 1.5);
  CHECK(holds(result, 1.0));
  const double coarser = std::log(rates[2] / rates[1]);
  CHECK(std::abs(*result.relative_error() / coarser - 1.0) < 1e-4);
  // Three of them do not show it.
  const GridConvergence of_first = extrapolate({rates[0], rates[1], rates[2]}, {four[0], four[1], four[2]});
  CHECK(std::abs(*of_first.relative_error() / (3.0 * coarser) - 1.0) < 1e-4);
}

TEST_CASE("grids that run ever further apart tell nothing of the truth, which may be decades away") {
  // First exits by turning drift across weak noise, on 190 to 760 cells an axis; 1.53e-6 is right.
  const GridConvergence result = extrapolate({0.0936, 0.206, 0.334}, spacings);
  CHECK(result.apart);
  CHECK_FALSE(result.low);
  CHECK(result.note.find("factor of 2.2") != std::string::npos);
  CHECK(extrapolate({1.0, 1.4}, {0.1, 0.2}).apart);
  CHECK_FALSE(extrapolate({1.0, 1.2}, {0.1, 0.2}).apart);
  CHECK_FALSE(extrapolate({1.0, 1.2, 1.4}, spacings).apart);  // by a fifth
  CHECK_FALSE(extrapolate({1.0, 2.0, 8.0}, spacings).apart);  // ever nearer
  CHECK(extrapolate({1.0, 1e200, 2.0}, spacings).apart);      // an interval beyond double precision
  CHECK(extrapolate({1.0, 11.0, 1e9}, spacings).apart);       // by a decade
}

TEST_CASE("errors that have just crossed zero leave more than the small differences after it") {
  // A rotated separable landscape, right to left, on 31 to 248 cells; 1.82008e-26 is right (quadrature).
  const auto rates = {1.81979961e-26, 1.81967100e-26, 1.81900925e-26, 2.00538349e-26};
  const GridConvergence result = extrapolate(rates, {0.125, 0.25, 0.5, 1.0});
  CHECK(holds(result, 1.82008e-26));
  CHECK(*result.relative_error() < 1e-3);
}

TEST_CASE("errors whose factor jumps from grid to grid leave all of the correction and more") {
  // Exits from a disc in a well of 10 kT, on 42, 84 and 168 cells: logarithms off by 5.0e-4, -1.3e-3 and -8.2e-3.
  const std::vector<double> times{std::exp(5.0e-4), std::exp(-1.3e-3), std::exp(-8.2e-3)};
  CHECK(holds(extrapolate(times, spacings, 0.5), 1.0));
  CHECK_FALSE(holds(extrapolate(times, spacings), 1.0));
}

TEST_CASE("an order of 3 may be the jump of that factor, where four grids show it") {
  // 1.3, 0.8, 1, 1: of order 2.75.
  constexpr double small = 0.02, slightly = 0.05;
  const auto rate = [](double factor, double h) { return std::exp(small * factor * h * h); };
  const std::vector<double> rates{rate(1.3, 0.125), rate(0.8, 0.25), rate(1.0, 0.5), rate(1.0, 1.0)};
  const GridConvergence four = extrapolate(rates, {0.125, 0.25, 0.5, 1.0}, slightly);
  const GridConvergence three = extrapolate({rates[0], rates[1], rates[2]}, {0.125, 0.25, 0.5}, slightly);
  CHECK(holds(four, 1.0));
  CHECK(holds(three, 1.0));
  CHECK(*four.relative_error() < 0.2 * *three.relative_error());
  CHECK(*four.observed_order > 2.5);
}

TEST_CASE("where a curved surface rules, errors that fall so fast may have crossed zero") {
  // A first exit from an ellipse on 13 x 20 to 104 x 160 cells: logarithms off by -1e-4, -3e-6, 6e-4 and 5e-3 (the
  // quasi-radial equation by quadrature).
  const std::vector<double> rates{1.0916804573547772e-4, 1.0917869923361391e-4, 1.0924442810174366e-4,
                                  1.0975140154881730e-4};
  CHECK(holds(extrapolate(rates, {0.125, 0.25, 0.5, 1.0}, 0.76), 1.09179e-4));
  CHECK_FALSE(holds(extrapolate(rates, {0.125, 0.25, 0.5, 1.0}, 0.05), 1.09179e-4));
}

TEST_CASE("grids that oscillate are said not to converge") {
  const GridConvergence result = extrapolate({1.0, 1.1, 1.0}, spacings);
  CHECK(result.note.find("monotonically") != std::string::npos);
  CHECK(*result.high >= 1.3 - 1e-12);
}

TEST_CASE("differences of round-off are errors themselves") {
  const GridConvergence result = extrapolate({1.0, 1.0 + 3e-14, 1.0 - 2e-13}, spacings);
  CHECK(*result.relative_error() < 2e-11);
  CHECK(holds(result, 1.0));
  CHECK(result.note.empty());
  CHECK_FALSE(result.observed_order);
}

TEST_CASE("two grids give three times their difference, one gives no interval") {
  const GridConvergence two = extrapolate({1.0, 1.1}, {0.1, 0.2});
  CHECK(two.value == 1.0);
  CHECK(std::abs(std::log(*two.high) - 3.0 * std::log(1.1)) < 1e-12);
  CHECK(two.note.find("order was not seen") != std::string::npos);
  CHECK_FALSE(extrapolate({2.0}, {0.1}).low);
}

TEST_CASE("grids without a positive number are left out") {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  CHECK(extrapolate({1.0, 1.1, -4.9e12}, spacings).low == extrapolate({1.0, 1.1}, {0.1, 0.2}).low);
  CHECK_FALSE(extrapolate({1.0, none, 1.1}, spacings).low);
  CHECK(extrapolate({none, 1.0, 1.1}, spacings).value == 1.0);
  CHECK(std::isnan(extrapolate({none, -1.0}, {0.1, 0.2}).value));
}

TEST_CASE("spacings must ascend, one for each value") {
  CHECK_THROWS_AS(extrapolate({1.0, 1.0}, {0.2, 0.1}), std::invalid_argument);
  CHECK_THROWS_AS(extrapolate({1.0, 1.0}, {0.2}), std::invalid_argument);
  CHECK_THROWS_AS(extrapolate({}, {}), std::invalid_argument);
}
