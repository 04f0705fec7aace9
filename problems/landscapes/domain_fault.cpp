#include "problems/landscapes/domain_fault.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux {

std::optional<std::string> domain_fault(const LandscapeDomain::Side& data, const DomainAxis& axis,
                                        const std::string& whose) {
  const double length = data.max - data.min, room = 1e-9 * length;
  if (!data.periodic && (axis.min < data.min - room || axis.max > data.max + room))
    return fmt::format("{} reaches from {} to {}, {} data from {} to {}", axis.key, axis.min, axis.max, whose, data.min,
                       data.max);
  if (axis.periodic && (!data.periodic || std::abs(axis.max - axis.min - length) > room))
    return fmt::format("{} cannot be periodic from {} to {}: {} data {}", axis.key, axis.min, axis.max, whose,
                       data.periodic ? fmt::format("have the period {}", length) : "are not");
  return std::nullopt;
}

}  // namespace valleyflux
