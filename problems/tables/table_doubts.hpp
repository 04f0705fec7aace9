#pragma once

#include "problems/tables/tabulated_values.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Whether values go by a name that energies and losses have, whatever unit stands behind it.
bool names_energy(const std::string& name);

/// What speaks against taking the values of a file as they were read, each with what to do: what the reader had to
/// guess, and a value that breaks the curve that all others lie on (its fourth differences are far above the others',
/// and it is an extremum or at an end). `file`: its name.
std::vector<std::string> table_doubts(const std::string& file, const TabulatedValues& table);

/// And what speaks against taking them as a landscape: they are probabilities (none negative, their integral or their
/// sum 1), counts (whole numbers, few at the ends), the bias of metadynamics (PLUMED's *.bias, as long as `scale` is
/// positive), or hold points that look never sampled (unsampled_points.hpp).
std::vector<std::string> landscape_doubts(const std::string& file, const TabulatedValues& table, double scale);

}  // namespace valleyflux
