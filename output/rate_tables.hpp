#pragma once

#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// The recommended rate of each escape: escape, rate, half-width of its interval over the rate, mean time, method;
/// below, the methods' definitions in words, the notes of rates that are zero or missing, and the shares of the targets
/// of an escape to any. Where no method found a rate, but one bounds it, there stands the bound. Empty without
/// estimates.
std::string recommended_table(const Results& results);

/// Every estimate, escape by escape: method, rate, half-width of its interval over the rate, and how far each rate is
/// from the recommended one, which is marked; below, notes. Empty without estimates.
std::string estimates_table(const Results& results);

/// Why a result with these valleys holds no estimate, for users.
std::string why_no_rates(const std::vector<std::string>& valleys);
std::string why_no_rates(const Results& results);

}  // namespace valleyflux
