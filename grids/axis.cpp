#include "grids/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

std::string_view name_of(Boundary boundary) {
  switch (boundary) {
    case Boundary::reflecting: return "reflecting";
    case Boundary::absorbing: return "absorbing";
    case Boundary::periodic: return "periodic";
  }
  throw std::invalid_argument("no such boundary");
}

Axis::Axis(std::string name, double min, double max, Index cells, Boundary lower, Boundary upper,
           std::optional<Grading> grading)
    : name_(std::move(name)), min_(min), max_(max), cells_(cells), lower_(lower), upper_(upper), grading_(grading) {
  if (!std::isfinite(min) || !std::isfinite(max) || !(min < max))
    throw std::invalid_argument(
        fmt::format("axis {}: min must be below max, both finite (got min = {}, max = {})", name_, min, max));
  if (cells < 4)
    throw std::invalid_argument(fmt::format("axis {}: at least 4 cells are needed (got {})", name_, cells));
  if ((lower == Boundary::periodic) != (upper == Boundary::periodic))
    throw std::invalid_argument(fmt::format("axis {}: periodic at one end only; make both ends periodic", name_));
  if (grading) {
    if (!(grading->width > 0) || !std::isfinite(grading->width) || !std::isfinite(grading->centre))
      throw std::invalid_argument(
          fmt::format("axis {}: grading width must be positive and finite (got {})", name_, grading->width));
    if (periodic()) throw std::invalid_argument(fmt::format("axis {}: a periodic axis cannot be graded", name_));
  }
  xi_min_ = lattice_of(min_);
  spacing_ = (lattice_of(max_) - xi_min_) / static_cast<double>(cells_);
}

double Axis::position(double xi) const {
  return grading_ ? grading_->centre + grading_->width * std::sinh(xi) : xi;
}

double Axis::stretch(double xi) const {
  return grading_ ? grading_->width * std::cosh(xi) : 1.0;
}

double Axis::stretch_slope(double xi) const {
  return grading_ ? std::tanh(xi) : 0.0;
}

double Axis::lattice_of(double x) const {
  return grading_ ? std::asinh((x - grading_->centre) / grading_->width) : x;
}

double Axis::edge(Index i) const {
  if (i == 0) return min_;
  if (i == cells_) return max_;
  return position(lattice(static_cast<double>(i) - 0.5));
}

Axis Axis::coarsened(Index factor) const {
  return {name_, min_, max_, std::max<Index>(4, cells_ / factor), lower_, upper_, grading_};
}

std::vector<AbsorbingWall> absorbing_walls(const std::vector<Axis>& axes) {
  std::vector<AbsorbingWall> walls;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    if (axes[k].lower() == Boundary::absorbing) walls.push_back({static_cast<int>(k), false, axes[k].name() + ".min"});
    if (axes[k].upper() == Boundary::absorbing) walls.push_back({static_cast<int>(k), true, axes[k].name() + ".max"});
  }
  return walls;
}

}  // namespace valleyflux
