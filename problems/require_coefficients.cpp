#include "problems/require_coefficients.hpp"

#include "grids/first_failure.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/domain_fault.hpp"
#include "problems/tables/table_function.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

template <int Dim>
void require_dimensions(const Dynamics& dynamics) {
  const std::string drift = dynamics.drift.potential() ? "landscape" : "drift";
  const auto require = [](const std::string& key, int given) {
    if (given != Dim)
      throw ProblemError(key, fmt::format("the {} has {} dimension(s), the grid has {}", key, given, Dim));
  };
  require(drift, dynamics.drift.dimension());
  if (!dynamics.diffusion) throw ProblemError("diffusion", "a problem needs a diffusion model");
  require("diffusion", dynamics.diffusion->dimension());
}

/// The box must lie where the landscape is defined, and wrap only as the landscape does.
template <int Dim>
void require_domain(const Landscape& landscape, const Grid<Dim>& grid) {
  const auto domain = landscape.domain();
  if (!domain) return;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    const std::string key = "grid." + axis.name();
    if (const auto fault = domain_fault(domain->axes.at(static_cast<std::size_t>(k)),
                                        {key, axis.min(), axis.max(), axis.periodic()}, "the landscape's"))
      throw ProblemError(key, *fault);
  }
}

/// What sampling a block of cells showed.
struct SampleCheck {
  Index fault_at = -1;  // first cell at which something is not finite
  std::string key, fault;
  double largest = 0.0, smallest = std::numeric_limits<double>::infinity();  // eigenvalues of D
  Index smallest_at = -1;
};

/// ": d.dat is asked for x = 3, ..." where it is a table's end that makes coefficients not finite at x.
template <int Dim>
std::string table_left(const Dynamics& dynamics, const Point<Dim>& x) {
  const DepartureWatch watch;
  if (const auto& landscape = dynamics.drift.potential()) {
    FieldSamples field;
    landscape->sample(x, 1, field);
  }
  Coefficients coefficients;
  sample_coefficients(dynamics, x, coefficients);
  return watch.departure().empty() ? "" : ": " + watch.departure();
}

template <int Dim>
SampleCheck check_cells(const Dynamics& dynamics, const Grid<Dim>& grid, Index first, Index count) {
  Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, count);
  for (Index n = 0; n < count; ++n) points.col(n) = grid.centre(first + n);
  const Landscape* landscape = dynamics.drift.potential().get();
  FieldSamples field;
  if (landscape) landscape->sample(points, 0, field);
  Eigen::MatrixXd force;
  dynamics.drift.sample(points, force);
  DiffusionSamples diffusion;
  dynamics.diffusion->sample(points, false, diffusion);

  SampleCheck check;
  const auto fault = [&](Index n, const std::string& key, std::string what) {
    check.fault_at = first + n;
    check.key = key;
    check.fault = std::move(what);
  };
  for (Index n = 0; n < count && check.fault_at < 0; ++n) {
    if (!grid.holds(first + n)) continue;
    const Tensor<Dim> tensor = diffusion.tensor.col(n).reshaped(Dim, Dim);
    if (landscape && !std::isfinite(field.value[n])) {
      fault(n, "landscape", fmt::format("the landscape is not finite ({})", field.value[n]));
    } else if (!force.col(n).allFinite()) {
      if (landscape)
        fault(n, "landscape", "the gradient of the landscape is not finite");
      else
        fault(n, "drift", "the drift is not finite");
    } else if (!tensor.allFinite()) {
      fault(n, "diffusion", "the diffusion D is not finite");
    } else {
      Eigen::SelfAdjointEigenSolver<Tensor<Dim>> solver;
      solver.computeDirect(tensor, Eigen::EigenvaluesOnly);
      check.largest = std::max(check.largest, solver.eigenvalues()[Dim - 1]);
      if (solver.eigenvalues()[0] < check.smallest) {
        check.smallest = solver.eigenvalues()[0];
        check.smallest_at = first + n;
      }
    }
  }
  return check;
}

void require_same_at_all_times(const char* part, bool depends_on_time) {
  if (depends_on_time)
    throw ProblemError(
        part, fmt::format("the {} depends on time, which only sample_coefficients and discretise take so far", part));
}

}  // namespace

template <int Dim>
void require_fit(const Dynamics& dynamics, const Grid<Dim>& grid) {
  require_dimensions<Dim>(dynamics);
  if (dynamics.drift.potential()) require_domain<Dim>(*dynamics.drift.potential(), grid);
}

template <int Dim>
double require_samples(const Dynamics& dynamics, const Grid<Dim>& grid) {
  constexpr Index block = 256;
  const Index blocks = (grid.cells() + block - 1) / block;
  std::vector<SampleCheck> checks(static_cast<std::size_t>(blocks));
  FirstFailure failure;
#pragma omp parallel for schedule(static)
  for (Index b = 0; b < blocks; ++b)
    failure.guard([&] {
      checks[static_cast<std::size_t>(b)] =
          check_cells<Dim>(dynamics, grid, b * block, std::min(block, grid.cells() - b * block));
    });
  failure.rethrow();
  SampleCheck all;
  for (const SampleCheck& check : checks) {
    if (check.fault_at >= 0)
      throw ProblemError(
          check.key, fmt::format("{} at {}{}", check.fault, named_coordinates<Dim>(grid, grid.centre(check.fault_at)),
                                 table_left<Dim>(dynamics, grid.centre(check.fault_at))));
    all.largest = std::max(all.largest, check.largest);
    if (check.smallest < all.smallest) {
      all.smallest = check.smallest;
      all.smallest_at = check.smallest_at;
    }
  }
  if (all.smallest < -1e-12 * all.largest)
    throw ProblemError("diffusion",
                       fmt::format("the diffusion D has the negative eigenvalue {:.6g} at {}", all.smallest,
                                   named_coordinates<Dim>(grid, grid.centre(all.smallest_at))));
  if (!(all.largest > 0))
    throw ProblemError("diffusion", "the diffusion D is zero in every cell: without noise nothing escapes");
  return all.largest;
}

void require_autonomous(const Dynamics& dynamics) {
  require_same_at_all_times(dynamics.drift.potential() ? "landscape" : "drift", dynamics.drift.depends_on_time());
  require_same_at_all_times("diffusion", dynamics.diffusion->depends_on_time());
}

void require_autonomous(const Landscape& landscape) {
  require_same_at_all_times("landscape", landscape.depends_on_time());
}

template void require_fit(const Dynamics&, const Grid<1>&);
template void require_fit(const Dynamics&, const Grid<2>&);
template double require_samples(const Dynamics&, const Grid<1>&);
template double require_samples(const Dynamics&, const Grid<2>&);

}  // namespace valleyflux
