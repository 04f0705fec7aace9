#include "output/result_writer.hpp"

#include "output/result_datasets.hpp"
#include "output/version.hpp"
#include "problems/expressions/expression.hpp"

#include <fmt/format.h>

#include <utility>

namespace valleyflux {

ResultWriter::ResultWriter(std::unique_ptr<Datasets> datasets, const std::vector<Axis>& axes,
                           const std::vector<std::string>& valleys, const ResultHeader& header)
    : datasets_(std::move(datasets)), valleys_(valleys) {
  datasets_->attribute("Conventions", "CF-1.8");
  datasets_->attribute("title", header.title);
  datasets_->attribute("case", header.case_text);
  datasets_->attribute("valleyflux_version", header.version);
  if (*valleyflux::commit()) datasets_->attribute("valleyflux_commit", valleyflux::commit());
  datasets_->attribute("command", header.command);
  datasets_->bare_scale("nv", 2);
  const std::vector<std::string> letters = variable_names(static_cast<int>(axes.size()));
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const Axis& axis = axes[k];
    const std::string& name = letters[k];
    const Index n = axis.cells();
    Eigen::VectorXd centres(n), edges(n + 1), bounds(2 * n);
    for (Index i = 0; i < n; ++i) {
      centres[i] = axis.centre(i);
      bounds[2 * i] = axis.edge(i);
      bounds[2 * i + 1] = axis.edge(i + 1);
    }
    for (Index i = 0; i <= n; ++i) edges[i] = axis.edge(i);
    datasets_->numeric_scale(name, centres,
                             {{"axis", k == 0 ? "X" : "Y"},
                              {"units", length_along(static_cast<int>(k))},
                              {"long_name", axis.name()},
                              {"bounds", name + "_bnds"},
                              {"boundary", fmt::format("{} {}", name_of(axis.lower()), name_of(axis.upper()))}});
    datasets_->numeric_scale(name + "_edge", edges,
                             {{"units", length_along(static_cast<int>(k))},
                              {"long_name", fmt::format("{} at the cell edges", axis.name())}});
    datasets_->dataset(name + "_bnds", {name, "nv"}, bounds,
                       {{"long_name", fmt::format("ends of the cells in {}", axis.name())}});
    over_cells_.cells.push_back(n);
    axes_.push_back(name);
    axis_names_.push_back(axis.name());
  }
  datasets_->text_scale("valley", valleys, {{"long_name", "names of the valleys"}});
  std::vector<std::string> walls;
  for (const AbsorbingWall& wall : absorbing_walls(axes)) walls.push_back(wall.name);
  if (!walls.empty()) datasets_->text_scale("wall", walls, {{"long_name", "absorbing walls"}});
}

ResultWriter::ResultWriter(std::unique_ptr<Datasets> datasets, FieldsOverCells over_cells)
    : datasets_(std::move(datasets)), over_cells_(std::move(over_cells)) {}

std::vector<std::string> ResultWriter::cell_scales() const {
  return {axes_.rbegin(), axes_.rend()};
}

void ResultWriter::write(const CellField& field) {
  datasets_->dataset(field.name, cell_scales(), field.values,
                     {{"units", field.dimension}, {"long_name", field.long_name}});
  over_cells_.static_fields.push_back(field.name);
}

void ResultWriter::write_labels(const std::vector<int>& labels) {
  std::string meanings = "none";
  std::vector<int> values{-1};
  for (std::size_t v = 0; v < valleys_.size(); ++v) {
    std::string word = valleys_[v];  // CF separates the meanings by blanks
    for (char& c : word)
      if (c == ' ') c = '_';
    meanings += " " + word;
    values.push_back(static_cast<int>(v));
  }
  datasets_->dataset("valley_label", cell_scales(), labels,
                     {{"long_name", "valley that a cell belongs to"}, {"flag_meanings", meanings}});
  datasets_->integer_attribute("valley_label", "flag_values", values);
}

void ResultWriter::append(const DensityFrame& frame) {
  if (over_cells_.times.empty()) {
    datasets_->growing_scale("time", {{"axis", "T"}, {"units", "time"}, {"long_name", "time"}});
    std::vector<std::string> scales = cell_scales();
    scales.insert(scales.begin(), "time");
    const auto field = [&](const std::string& name, const std::string& dimension, const std::string& long_name) {
      datasets_->growing_dataset(name, scales, {{"units", dimension}, {"long_name", long_name}});
      over_cells_.frame_fields.push_back(name);
    };
    field("density", "1/volume", "probability density");
    for (std::size_t k = 0; k < axes_.size(); ++k)
      field("current_" + axes_[k], length_along(static_cast<int>(k)) + "/time/volume",
            fmt::format("probability current density along {}", axis_names_[k]));
    const auto curve = [&](const std::string& name, const char* of, const char* dimension, const char* long_name) {
      datasets_->growing_dataset(name, {"time", of}, {{"units", dimension}, {"long_name", long_name}});
    };
    if (frame.grid_error)
      datasets_->growing_dataset("density_grid_error", {"time"},
                                 {{"units", "1"}, {"long_name", "error of the density from the grid, in L1"}});
    curve("valley_probability", "valley", "1", "probability of each valley");
    curve("valley_outflux", "valley", "1/time", "net probability current out of each valley through its boundary");
    curve("valley_outflow", "valley", "1", "its integral over time since the start");
    if (datasets_->has_scale("wall")) {
      curve("wall_outflux", "wall", "1/time", "probability current out through each wall");
      curve("wall_outflow", "wall", "1", "its integral over time since the start");
    }
  }
  over_cells_.times.push_back(frame.time);
  datasets_->append("time", Eigen::VectorXd::Constant(1, frame.time));
  datasets_->append("density", frame.density);
  if (frame.grid_error) datasets_->append("density_grid_error", Eigen::VectorXd::Constant(1, *frame.grid_error));
  for (std::size_t k = 0; k < axes_.size(); ++k) datasets_->append("current_" + axes_[k], frame.current[k]);
  datasets_->append("valley_probability", frame.valley_probability);
  datasets_->append("valley_outflux", frame.valley_outflux);
  datasets_->append("valley_outflow", frame.valley_outflow);
  if (datasets_->has_scale("wall")) datasets_->append("wall_outflux", frame.wall_outflux);
  if (datasets_->has_scale("wall")) datasets_->append("wall_outflow", frame.wall_outflow);
  datasets_->flush();
}

void ResultWriter::write(const SpectrumFields& fields) {
  datasets_->bare_scale("mode", fields.right.cols());
  std::vector<std::string> scales = cell_scales();
  scales.insert(scales.begin(), "mode");
  datasets_->dataset(
      "right_eigenfunction", scales, fields.right.reshaped(),
      {{"units", "1"}, {"long_name", "right eigenfunctions of the generator; real and imaginary part of pairs"}});
  datasets_->dataset("left_eigenfunction", scales, fields.left.reshaped(),
                     {{"units", "1/volume"},
                      {"long_name",
                       "left eigenfunctions of the generator, densities; real and imaginary part "
                       "of pairs"}});
}

void ResultWriter::write_escape_times(const EscapeTimes& times) {
  if (!datasets_->has_scale("particle")) datasets_->bare_scale("particle", times.time.size());
  const std::string tail = fmt::format("_{}_{}_{}", times.method, times.from, times.to);
  const std::string what = fmt::format("{} -> {} by {}", times.from, times.to, times.method);
  datasets_->dataset("escape_time" + tail, {"particle"}, times.time,
                     {{"units", "time"}, {"long_name", "time of escape, or of the end of watching, " + what}});
  datasets_->dataset("escaped" + tail, {"particle"}, times.escaped,
                     {{"units", "1"}, {"long_name", "whether the particle escaped, " + what}});
}

void ResultWriter::write(const Results& results) {
  // The start of a loss may have thousands of coordinates: it has a dataset of its own.
  write_results(*datasets_, results, results.loss ? std::vector<std::string>{} : variable_names(results.dimension),
                axes_);
}

}  // namespace valleyflux
