#pragma once

#include "output/fields.hpp"
#include "solver/finite.hpp"
#include "solver/statistics/claim_judgement.hpp"
#include "solver/statistics/sweep_fits.hpp"

#include <array>
#include <optional>
#include <tuple>

/// The fields of what sweeps and figures fit to rates (fields.hpp).
namespace valleyflux {

template <>
struct Fields<SweepFit> {
  static constexpr std::tuple all{
      Field{"others", "", "values of the further keys", "", &SweepFit::others},
      Field{"from", "", "valley that is left", "", &SweepFit::from},
      Field{"to", "", "what ends the escape", "", &SweepFit::to},
      Field{"method", "", "method that the rates are by", "", &SweepFit::method},
      Field{"relation", "", "what is fitted against what", "", &SweepFit::relation},
      Field{"points", "1", "rates that are fitted", "", &SweepFit::points},
      Field{"slope", "", "slope of the line", "not finite", [](const SweepFit& one) { return finite(one.fit.slope); }},
      Field{"standard_error", "", "standard error of the slope", "not finite",
            [](const SweepFit& one) { return finite(one.fit.standard_error); }},
      Field{"intercept", "", "ordinate at 0", "not finite",
            [](const SweepFit& one) { return finite(one.fit.intercept); }},
      Field{"r_squared", "1", "share of the scatter that the line explains", "not finite",
            [](const SweepFit& one) { return finite(one.fit.r_squared); }}};
};

template <>
struct Fields<Relation> {
  static constexpr std::tuple all{
      Field{"slope", "", "slope of the line through the rates by SGD of one seed", "", &Relation::slope},
      Field{"slope_low", "", "lower end of its 95 % interval", "", &Relation::slope_low},
      Field{"slope_high", "", "upper end", "", &Relation::slope_high},
      Field{"intercept", "", "ordinate at 0", "", &Relation::intercept},
      Field{"r_squared", "1", "share of the weighted scatter that the line explains", "", &Relation::r_squared},
      Field{"chi_squared", "1", "weighted squares of what it leaves", "", &Relation::chi_squared},
      Field{"p_value", "1", "chance of that much or more about a true line", "", &Relation::p_value}};
};

template <>
struct Fields<PooledValue> {
  static constexpr std::tuple all{
      Field{"value", "", "mean over all that might be measured", "", &PooledValue::value},
      Field{"low", "", "lower end of its 95 % interval", "", &PooledValue::low},
      Field{"high", "", "upper end", "", &PooledValue::high},
      Field{"between", "", "standard deviation from one seed to the next", "", &PooledValue::between},
      Field{"seeds", "1", "seeds that it is the mean of", "", &PooledValue::count}};
};

template <>
struct Fields<MethodLine> {
  static constexpr std::tuple all{
      Field{"method", "", "method other than SGD", "", &MethodLine::method},
      Field{"slope", "", "slope of the line through its rates", "",
            [](const MethodLine& one) { return one.fit.slope; }},
      Field{"intercept", "", "ordinate at 0", "", [](const MethodLine& one) { return one.fit.intercept; }},
      Field{"r_squared", "1", "share of the scatter that the line explains", "",
            [](const MethodLine& one) { return one.fit.r_squared; }},
      Field{"sgd_over_method", "1", "least and greatest of SGD's rate over the method's", "SGD saw no escape",
            [](const MethodLine& one) {
              return std::array{one.ratio_low, one.ratio_high};
            }}};
};

}  // namespace valleyflux
