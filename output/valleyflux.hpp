#pragma once

/// All that users of the library need: #include <valleyflux/valleyflux.hpp>. The headers that this one reaches are the
/// public ones; they alone are installed (cmake/public_headers.cmake).
///
/// Two ways lead to rates. A case, read from a file or a text: read_case, then run. A problem of parts: a landscape or
/// drift (of a function, an expression, a table, or built in) and a diffusion model are Dynamics; with a Grid,
/// make_problem gives a Problem, and solve_problem answers for all of its escapes, each rate with its interval. Either
/// gives Results. The steps between (discretise, solve_escape, evolve ...) can be taken one by one.

#include "output/json.hpp"
#include "output/rate_tables.hpp"
#include "output/report/report_page.hpp"
#include "output/result_file.hpp"
#include "output/table.hpp"
#include "output/version.hpp"
#include "problems/case/ready_files.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/function_drift.hpp"
#include "problems/dynamics/gradient_noise.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/function_landscape.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/loss_surface.hpp"
#include "problems/tables/plumed_grid.hpp"
#include "problems/tables/table_formats.hpp"
#include "solver/escape/transition_paths.hpp"
#include "solver/evolution/initial_density.hpp"
#include "solver/network/valley_network.hpp"
#include "solver/paths/quasi_potential.hpp"
#include "solver/paths/string_method.hpp"
#include "solver/run/run.hpp"
#include "solver/solve_problem.hpp"
#include "solver/solver_error.hpp"
#include "solver/spectrum/leading_spectrum.hpp"
