#include "solver/discretisation/cell_samples.hpp"

#include "grids/first_failure.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <algorithm>

namespace valleyflux {

template <int Dim>
CellSamples<Dim> sample_cells(const LatticeSampler<Dim>& sampler, const StateSpace<Dim>& space) {
  constexpr Index block = 256;
  const Index n = space.states();
  CellSamples<Dim> cells;
  cells.slope.resize(Dim, n);
  if (sampler.has_potential()) cells.potential.resize(n);
  cells.terms.resize(static_cast<std::size_t>(n));
  cells.smallest.resize(static_cast<std::size_t>(n));
  cells.along_axes.resize(Dim, n);
  Index regularised = 0, distorted = 0;
  FirstFailure failure;
#pragma omp parallel for schedule(static) reduction(+ : regularised, distorted)
  for (Index start = 0; start < n; start += block)
    failure.guard([&] {
      const Index count = std::min(block, n - start);
      Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, count);
      for (Index p = 0; p < count; ++p) points.col(p) = space.coordinates(start + p).template cast<double>();
      LatticeCoefficients<Dim> at;
      sampler.sample(points, true, at);
      cells.slope.middleCols(start, count) = at.slope;
      if (sampler.has_potential()) cells.potential.segment(start, count) = at.potential;
      regularised += at.regularised;
      distorted += at.distorted;
      Eigen::SelfAdjointEigenSolver<Tensor<Dim>> eigen;
      for (Index p = 0; p < count; ++p) {
        const Tensor<Dim>& tensor = at.tensor[static_cast<std::size_t>(p)];
        const auto cell = static_cast<std::size_t>(start + p);
        // The same tensor again (constant noise): the decomposition is known.
        if (p > 0 && tensor == at.tensor[static_cast<std::size_t>(p - 1)]) {
          cells.terms[cell] = cells.terms[cell - 1];
          cells.smallest[cell] = cells.smallest[cell - 1];
          cells.along_axes.col(start + p) = cells.along_axes.col(start + p - 1);
          continue;
        }
        cells.terms[cell] = selling_decomposition<Dim>(tensor);
        eigen.computeDirect(tensor, Eigen::EigenvaluesOnly);
        cells.smallest[cell] = eigen.eigenvalues()[0];
        // Of D = sum rho e e^T, rho e^T D^-1 e is 1 for a term that stands alone and 0 for one that is not there; their
        // sum is the dimension.
        const Tensor<Dim> inverse = tensor.inverse();
        for (int k = 0; k < Dim; ++k)
          cells.along_axes(k, start + p) = weight_along<Dim>(cells.terms[cell], Offset<Dim>::Unit(k)) * inverse(k, k);
      }
    });
  failure.rethrow();
  cells.regularised = regularised;
  cells.distorted = distorted;
  return cells;
}

template CellSamples<2> sample_cells(const LatticeSampler<2>&, const StateSpace<2>&);

}  // namespace valleyflux
