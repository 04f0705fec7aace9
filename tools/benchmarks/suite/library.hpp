#pragma once

#include "tools/benchmarks/suite/chain.hpp"
#include "tools/benchmarks/suite/measured.hpp"

#include <string>

/// The library on the problems of the suite; each returns its time and error, and how it was done.
namespace suite {

/// Of a chain that is given: discretised already, for every tool alike.
Outcome passage_of(const Chain& chain, bool multilevel);
Outcome density_of(const Chain& chain, double tolerance);
Outcome eigenvalue_of(const Chain& chain);

/// Of the continuous problem, discretisation included.
Outcome line_passage(int cells, double noise);
double exact_line_passage(double noise);
Outcome line_cells(int cells);
Outcome plane_cells(int cells);
/// Mean time until drift 1, noise D = 1/2 leaves [-1, 1] from 0.
Outcome decision_time(int cells);
Outcome slowest_rate(int cells);
double exact_slowest_rate();  // of 20000 cells
Outcome particle_exits(int particles, double noise, double step);

}  // namespace suite
