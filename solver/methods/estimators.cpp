#include "solver/methods/estimator.hpp"

#include "problems/methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

#define METHOD(file, ...) Estimator file##_method();
#include "problems/method_list.inc"
#undef METHOD

namespace {

Estimator named(const Method& method, Estimator estimator) {
  estimator.method = method.name;
  return estimator;
}

}  // namespace

const std::vector<Estimator>& estimators() {
  static const std::vector<Estimator> all = [] {
    std::vector<Estimator> made;
#define METHOD(file, ...) made.push_back(named(methods()[made.size()], file##_method()));
#include "problems/method_list.inc"
#undef METHOD
    std::stable_sort(made.begin(), made.end(), [](const Estimator& one, const Estimator& other) {
      return method_named(one.method).rank < method_named(other.method).rank;
    });
    return made;
  }();
  return all;
}

const Estimator& estimator_of(const std::string& method) {
  const auto found = std::find_if(estimators().begin(), estimators().end(),
                                  [&](const Estimator& one) { return one.method == method; });
  if (found == estimators().end()) throw std::invalid_argument(fmt::format("no estimator of method \"{}\"", method));
  return *found;
}

}  // namespace valleyflux
