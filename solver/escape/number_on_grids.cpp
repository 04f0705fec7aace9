#include "solver/escape/number_on_grids.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace valleyflux {

void NumberOnGrids::compare(const std::optional<double>& value, double NumberOnGrids::*change) {
  const bool known = value && *value > 0 && own_value > 0;
  const double found = known ? std::abs(std::log(*value / own_value)) : std::numeric_limits<double>::infinity();
  this->*change = std::max(this->*change, found);
}

GridConvergence NumberOnGrids::converged(double felt_of_curved_surface, double own_spacing, double further) const {
  GridConvergence result = series.converged(felt_of_curved_surface);
  const auto no_interval = [&result](const std::string& reason) {
    result.low.reset();
    result.high.reset();
    result.note += (result.note.empty() ? "" : "; ") + reason;
  };
  if (std::isinf(raised)) {
    no_interval("what the raised noise does is not known: no error estimate");
  } else if (std::isinf(walls)) {
    no_interval("what the domain's walls do between the cells' edges is not known: no error estimate");
  } else if (result.low) {
    const double widened = std::exp(raised + walls * series.finest_spacing() / own_spacing + further);
    *result.low /= widened;
    *result.high *= widened;
    if (!(*result.low > 0) || !std::isfinite(*result.high))
      no_interval("the principal eigenvalue is not enclosed: no error estimate");
  }
  return result;
}

}  // namespace valleyflux
