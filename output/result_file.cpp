#include "output/result_file.hpp"

#include "output/unfinished_file.hpp"
#include "output/xdmf.hpp"
#include "problems/expressions/expression.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace valleyflux {

namespace {

const std::filesystem::path& not_xdmf(const std::filesystem::path& path) {
  if (path.extension() == ".xdmf")
    throw std::invalid_argument(fmt::format(
        "{}: that is the name of the XDMF file beside the result; choose another, such as .h5", path.string()));
  return path;
}

std::pair<Eigen::VectorXd, Eigen::VectorXd> parts(const std::vector<std::complex<double>>& values) {
  const Eigen::Map<const Eigen::VectorXcd> all(values.data(), static_cast<Index>(values.size()));
  return {all.real(), all.imag()};
}

}  // namespace

ResultFile::ResultFile(const std::filesystem::path& path, const std::vector<Axis>& axes,
                       const std::vector<std::string>& valleys, const ResultHeader& header)
    : file_(not_xdmf(path)), path_(path), valleys_(valleys) {
  file_.attribute("Conventions", "CF-1.8");
  file_.attribute("title", header.title);
  file_.attribute("case", header.case_text);
  file_.attribute("valleyflux_version", header.version);
  file_.attribute("command", header.command);
  file_.bare_scale("nv", 2);
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const Axis& axis = axes[k];
    const std::string name = axis.name();
    const Index n = axis.cells();
    Eigen::VectorXd centres(n), edges(n + 1), bounds(2 * n);
    for (Index i = 0; i < n; ++i) {
      centres[i] = axis.centre(i);
      bounds[2 * i] = axis.edge(i);
      bounds[2 * i + 1] = axis.edge(i + 1);
    }
    for (Index i = 0; i <= n; ++i) edges[i] = axis.edge(i);
    file_.numeric_scale(name, centres,
                        {{"axis", k == 0 ? "X" : "Y"},
                         {"units", "1"},
                         {"long_name", fmt::format("{} at the cell centres", name)},
                         {"bounds", name + "_bnds"},
                         {"boundary", fmt::format("{} {}", name_of(axis.lower()), name_of(axis.upper()))}});
    file_.numeric_scale(name + "_edge", edges,
                        {{"units", "1"}, {"long_name", fmt::format("{} at the cell edges", name)}});
    file_.dataset(name + "_bnds", {name, "nv"}, bounds, {{"long_name", fmt::format("ends of the cells in {}", name)}});
    cells_.push_back(n);
    axes_.push_back(name);
  }
  file_.text_scale("valley", valleys, {{"long_name", "names of the valleys"}});
  std::vector<std::string> walls;
  for (const AbsorbingWall& wall : absorbing_walls(axes)) walls.push_back(wall.name);
  has_walls_ = !walls.empty();
  if (has_walls_) file_.text_scale("wall", walls, {{"long_name", "absorbing walls"}});
}

std::vector<std::string> ResultFile::cell_scales() const {
  return {axes_.rbegin(), axes_.rend()};
}

void ResultFile::write(const CellField& field) {
  file_.dataset(field.name, cell_scales(), field.values, {{"units", field.units}, {"long_name", field.long_name}});
  static_fields_.push_back(field.name);
}

void ResultFile::write_labels(const std::vector<int>& labels) {
  std::string meanings = "none";
  std::vector<int> values{-1};
  for (std::size_t v = 0; v < valleys_.size(); ++v) {
    std::string word = valleys_[v];  // CF separates the meanings by blanks
    for (char& c : word)
      if (c == ' ') c = '_';
    meanings += " " + word;
    values.push_back(static_cast<int>(v));
  }
  file_.dataset("valley_label", cell_scales(), labels,
                {{"long_name", "valley that a cell belongs to"}, {"flag_meanings", meanings}});
  file_.integer_attribute("valley_label", "flag_values", values);
}

void ResultFile::append(const DensityFrame& frame) {
  if (times_.empty()) {
    file_.growing_scale("time", {{"axis", "T"}, {"units", "1"}, {"long_name", "time"}});
    std::vector<std::string> scales = cell_scales();
    scales.insert(scales.begin(), "time");
    const auto field = [&](const std::string& name, const std::string& long_name) {
      file_.growing_dataset(name, scales, {{"units", "1"}, {"long_name", long_name}});
      frame_fields_.push_back(name);
    };
    field("density", "probability density");
    for (const std::string& axis : axes_)
      field("current_" + axis, fmt::format("probability current density along {}", axis));
    for (const auto& [name, long_name] :
         {std::pair{"valley_probability", "probability of each valley"},
          std::pair{"valley_outflux", "net probability current out of each valley through its boundary"},
          std::pair{"valley_outflow", "its integral over time since the start"}})
      file_.growing_dataset(name, {"time", "valley"}, {{"units", "1"}, {"long_name", long_name}});
    for (const auto& [name, long_name] : {std::pair{"wall_outflux", "probability current out through each wall"},
                                          std::pair{"wall_outflow", "its integral over time since the start"}})
      if (has_walls_) file_.growing_dataset(name, {"time", "wall"}, {{"units", "1"}, {"long_name", long_name}});
  }
  times_.push_back(frame.time);
  file_.append("time", Eigen::VectorXd::Constant(1, frame.time));
  file_.append("density", frame.density);
  for (std::size_t k = 0; k < axes_.size(); ++k) file_.append("current_" + axes_[k], frame.current[k]);
  file_.append("valley_probability", frame.valley_probability);
  file_.append("valley_outflux", frame.valley_outflux);
  file_.append("valley_outflow", frame.valley_outflow);
  if (has_walls_) file_.append("wall_outflux", frame.wall_outflux);
  if (has_walls_) file_.append("wall_outflow", frame.wall_outflow);
  file_.flush();
}

void ResultFile::write(const SpectrumFields& fields) {
  file_.bare_scale("mode", fields.right.cols());
  has_modes_ = true;
  std::vector<std::string> scales = cell_scales();
  scales.insert(scales.begin(), "mode");
  file_.dataset(
      "right_eigenfunction", scales, fields.right.reshaped(),
      {{"units", "1"}, {"long_name", "right eigenfunctions of the generator; real and imaginary part of pairs"}});
  file_.dataset("left_eigenfunction", scales, fields.left.reshaped(),
                {{"units", "1"},
                 {"long_name",
                  "left eigenfunctions of the generator, densities; real and imaginary part "
                  "of pairs"}});
}

void ResultFile::write_escape_times(const EscapeTimes& times) {
  if (!has_particles_) file_.bare_scale("particle", times.time.size());
  has_particles_ = true;
  const std::string tail = fmt::format("_{}_{}_{}", times.method, times.from, times.to);
  const std::string what = fmt::format("{} -> {} by {}", times.from, times.to, times.method);
  file_.dataset("escape_time" + tail, {"particle"}, times.time,
                {{"units", "1"}, {"long_name", "time of escape, or of the end of watching, " + what}});
  file_.dataset("escaped" + tail, {"particle"}, times.escaped,
                {{"units", "1"}, {"long_name", "whether the particle escaped, " + what}});
}

void ResultFile::write(const Results& results) {
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  const auto valleys = static_cast<Index>(results.valleys.size());
  Eigen::VectorXd height(valleys), stationary(valleys), stationary_low(valleys), stationary_high(valleys);
  // The start of a loss may have thousands of coordinates: it has a dataset of its own.
  const std::vector<std::string> coordinates =
      results.loss ? std::vector<std::string>{} : variable_names(results.dimension);
  std::vector<Eigen::VectorXd> minimum(coordinates.size(), Eigen::VectorXd(valleys));
  for (Index v = 0; v < valleys; ++v) {
    const ValleyResult& valley = results.valleys[static_cast<std::size_t>(v)];
    height[v] = valley.height.value_or(missing);
    stationary[v] = valley.stationary_probability.value_or(missing);
    stationary_low[v] = valley.stationary_low.value_or(missing);
    stationary_high[v] = valley.stationary_high.value_or(missing);
    for (std::size_t k = 0; k < coordinates.size(); ++k)
      minimum[k][v] = k < valley.minimum.size() ? valley.minimum[k] : missing;
  }
  for (std::size_t k = 0; k < coordinates.size(); ++k)
    file_.dataset(
        "valley_minimum_" + coordinates[k], {"valley"}, minimum[k],
        {{"units", "1"}, {"long_name", fmt::format("{} of the lowest minimum of each valley", coordinates[k])}});
  file_.dataset("valley_height", {"valley"}, height, {{"units", "1"}, {"long_name", "landscape at that minimum"}});
  file_.dataset("valley_stationary_probability", {"valley"}, stationary,
                {{"units", "1"}, {"long_name", "stationary probability of each valley"}});
  file_.dataset("valley_stationary_low", {"valley"}, stationary_low,
                {{"units", "1"}, {"long_name", "lower end of its interval"}});
  file_.dataset("valley_stationary_high", {"valley"}, stationary_high,
                {{"units", "1"}, {"long_name", "upper end of its interval"}});

  std::vector<std::string> labels, notes;
  const auto count = static_cast<Index>(results.estimates.size());
  Eigen::VectorXd rate(count), time(count), log_rate(count), low(count), high(count), transition_time(count),
      transition_time_low(count), transition_time_high(count), escapes(count), log_rate_error(count);
  for (Index e = 0; e < count; ++e) {
    const Estimate& estimate = results.estimates[static_cast<std::size_t>(e)];
    labels.push_back(fmt::format("{}->{}:{}", estimate.from, estimate.to, estimate.method));
    notes.push_back(estimate.note);
    rate[e] = estimate.rate.value_or(missing);
    time[e] = estimate.time.value_or(missing);
    log_rate[e] = estimate.log_rate.value_or(missing);
    low[e] = estimate.low.value_or(missing);
    high[e] = estimate.high.value_or(missing);
    transition_time[e] = estimate.transition_time.value_or(missing);
    transition_time_low[e] = estimate.transition_time_low.value_or(missing);
    transition_time_high[e] = estimate.transition_time_high.value_or(missing);
    escapes[e] = estimate.escapes ? static_cast<double>(*estimate.escapes) : missing;
    log_rate_error[e] = estimate.log_rate_error.value_or(missing);
  }
  file_.text_scale("estimate", labels, {{"long_name", "from->to:method"}});
  for (const auto& [name, values, long_name] :
       {std::tuple{"estimate_rate", &rate, "rate per unit of time"},
        {"estimate_time", &time, "mean time"},
        {"estimate_log_rate", &log_rate, "natural logarithm of the rate"},
        {"estimate_low", &low, "lower end of the interval of the rate"},
        {"estimate_high", &high, "upper end of the interval of the rate"},
        {"estimate_transition_time", &transition_time, "mean duration of a transition itself"},
        {"estimate_transition_time_low", &transition_time_low, "lower end of its interval"},
        {"estimate_transition_time_high", &transition_time_high, "upper end of its interval"},
        {"estimate_escapes", &escapes, "escapes of particles that the rate rests on"},
        {"estimate_log_rate_error", &log_rate_error, "standard error of log_rate, of particles"}})
    file_.dataset(name, {"estimate"}, *values, {{"units", "1"}, {"long_name", long_name}});
  write_shares(results);
  std::vector<int> recommended;
  for (const Estimate& estimate : results.estimates) recommended.push_back(estimate.recommended ? 1 : 0);
  file_.dataset("estimate_recommended", {"estimate"}, recommended,
                {{"long_name", "1 for the row of each escape that is to be quoted"}});
  file_.dataset("estimate_note", {"estimate"}, notes, {{"long_name", "what is to be said of the estimate"}});
  if (!results.spectrum.empty()) {
    if (!has_modes_) file_.bare_scale("mode", static_cast<Index>(results.spectrum.size()));
    const auto [real, imaginary] = parts(results.spectrum);
    file_.dataset("spectrum", {"mode"}, real,
                  {{"units", "1"}, {"long_name", "leading eigenvalues of the generator, real parts"}});
    file_.dataset("spectrum_imaginary", {"mode"}, imaginary,
                  {{"units", "1"}, {"long_name", "leading eigenvalues of the generator, imaginary parts"}});
  }
  if (results.spectrum_error.size() == results.spectrum.size() && !results.spectrum.empty())
    file_.dataset("spectrum_error", {"mode"},
                  Eigen::Map<const Eigen::VectorXd>(results.spectrum_error.data(),
                                                    static_cast<Index>(results.spectrum_error.size())),
                  {{"units", "1"}, {"long_name", "errors of the eigenvalues, from the grids"}});
  if (results.accuracy) write_accuracy(*results.accuracy);
  if (results.loss) write_loss(*results.loss);
  if (results.network) write_network(*results.network);
  if (!results.paths.empty()) write_paths(results.paths);
}

void ResultFile::write_shares(const Results& results) {
  if (std::all_of(results.estimates.begin(), results.estimates.end(),
                  [](const Estimate& estimate) { return estimate.shares.empty(); }))
    return;
  const auto count = static_cast<Index>(results.estimates.size()), valleys = static_cast<Index>(valleys_.size());
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  Eigen::VectorXd probability = Eigen::VectorXd::Constant(count * valleys, missing), low = probability,
                  high = probability;
  for (Index e = 0; e < count; ++e)
    for (const TargetShare& share : results.estimates[static_cast<std::size_t>(e)].shares) {
      const auto v = std::find(valleys_.begin(), valleys_.end(), share.to) - valleys_.begin();
      probability[e * valleys + v] = share.probability;
      low[e * valleys + v] = share.low.value_or(missing);
      high[e * valleys + v] = share.high.value_or(missing);
    }
  for (const auto& [name, values, long_name] :
       {std::tuple{"estimate_share", &probability, "of escapes to any other valley, the share that ends in each"},
        {"estimate_share_low", &low, "lower end of its interval"},
        {"estimate_share_high", &high, "upper end of its interval"}})
    file_.dataset(name, {"estimate", "valley"}, *values, {{"units", "1"}, {"long_name", long_name}});
}

void ResultFile::write_accuracy(const AccuracyResult& accuracy) {
  file_.attribute("accuracy_wanted", fmt::format("{}", accuracy.wanted));
  file_.attribute("accuracy_reached", accuracy.reached ? fmt::format("{}", *accuracy.reached) : "unknown");
  file_.attribute("accuracy_cells", fmt::format("{}", fmt::join(accuracy.cells, " ")));
  std::vector<std::string> sides;
  for (const auto& [min, max] : accuracy.domain) sides.push_back(fmt::format("{} {}", min, max));
  file_.attribute("accuracy_domain", fmt::format("{}", fmt::join(sides, ", ")));
}

void ResultFile::write_paths(const std::vector<PathResult>& paths) {
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<Index>(paths.size());
  Index points = 1;
  for (const PathResult& path : paths) points = std::max(points, path.points.cols());
  std::vector<std::string> labels, methods, notes;
  Eigen::VectorXd exponent(count), error(count), action = Eigen::VectorXd::Constant(count * points, missing);
  std::vector<Eigen::VectorXd> coordinates(axes_.size(), action);
  for (Index p = 0; p < count; ++p) {
    const PathResult& path = paths[static_cast<std::size_t>(p)];
    labels.push_back(fmt::format("{}->{}", path.from, path.to));
    methods.push_back(path.method);
    notes.push_back(path.note);
    exponent[p] = path.exponent.value_or(missing);
    error[p] = path.exponent ? path.error : missing;
    if (path.points.cols() != points) continue;
    action.segment(p * points, points) = path.action;
    for (std::size_t k = 0; k < axes_.size(); ++k)
      coordinates[k].segment(p * points, points) = path.points.row(static_cast<Index>(k));
  }
  file_.text_scale("path", labels, {{"long_name", "from->to, one for each saddle between them"}});
  file_.bare_scale("path_point", points);
  for (std::size_t k = 0; k < axes_.size(); ++k)
    file_.dataset("path_" + axes_[k], {"path", "path_point"}, coordinates[k],
                  {{"units", "1"}, {"long_name", fmt::format("{} along the most probable path", axes_[k])}});
  file_.dataset("path_action", {"path", "path_point"}, action,
                {{"units", "1"}, {"long_name", "exponent of the low-noise limit up to each point"}});
  file_.dataset("path_exponent", {"path"}, exponent,
                {{"units", "1"}, {"long_name", "exponent of the low-noise limit (quasi-potential barrier)"}});
  file_.dataset("path_exponent_error", {"path"}, error, {{"units", "1"}, {"long_name", "its error"}});
  file_.dataset("path_method", {"path"}, methods, {{"long_name", "string or minimum_action"}});
  file_.dataset("path_note", {"path"}, notes, {{"long_name", "what is to be said of the path"}});
}

void ResultFile::write_loss(const LossResult& loss) {
  file_.bare_scale("parameter", loss.start.size());
  file_.dataset("start", {"parameter"}, loss.start,
                {{"units", "1"}, {"long_name", "parameters of the loss that escapes start from"}});
  file_.dataset("start_gradient", {"parameter"}, loss.gradient,
                {{"units", "1"}, {"long_name", "gradient of the loss there"}});
  if (!loss.covariance) return;
  const HessianComparison& found = *loss.covariance;
  file_.bare_scale("eigenvector", found.eigenvalue.size());
  file_.dataset(
      "hessian_eigenvalue", {"eigenvector"}, found.eigenvalue,
      {{"units", "1"}, {"long_name", "eigenvalues of the Hessian at the start, largest absolute value first"}});
  file_.dataset("gradient_covariance", {"eigenvector"}, found.covariance,
                {{"units", "1"}, {"long_name", "variance of one sample's gradient along each eigenvector"}});
  file_.bare_scale("bound", 3);
  const auto measured = [](const MeasuredNumber& number) {
    return Eigen::VectorXd(Eigen::Vector3d(number.value, number.low, number.high));
  };
  file_.dataset("covariance_correlation", {"bound"}, measured(found.correlation),
                {{"units", "1"}, {"long_name", "correlation of covariance and |eigenvalue|: value, lower, upper end"}});
  file_.dataset("covariance_factor", {"bound"}, measured(found.factor),
                {{"units", "1"}, {"long_name", "factor from |eigenvalue| to covariance: value, lower, upper end"}});
  file_.bare_scale("whole", 1);
  file_.dataset("covariance_entry_correlation", {"whole"}, Eigen::VectorXd::Constant(1, found.entry_correlation),
                {{"units", "1"}, {"long_name", "correlation of all entries of the covariance and the |Hessian|"}});
}

void ResultFile::write_network(const NetworkResult& network) {
  file_.text_scale("network_valley", network.valleys, {{"long_name", "valleys of the network"}});
  file_.text_scale("network_target", network.valleys, {{"long_name", "valleys of the network, as targets"}});
  const auto n = static_cast<Index>(network.valleys.size());
  const auto rows = [n](const Eigen::MatrixXd& matrix) -> Eigen::VectorXd {
    return matrix.transpose().reshaped(n * n, 1);
  };
  for (const auto& [name, matrix, long_name] :
       {std::tuple{"network_rate", &network.rate, "rate of transitions between cores"},
        std::tuple{"network_low", &network.low, "lower end of its interval"},
        std::tuple{"network_high", &network.high, "upper end of its interval"},
        std::tuple{"network_time", &network.time, "mean first-passage time in the network"},
        std::tuple{"network_rule_1_rate", &network.rule_1_rate, "closed form, parallel saddles added (Rule 1)"},
        std::tuple{"network_rule_2_time", &network.rule_2_time,
                   "least sum of mean times of sequential steps (Rule 2)"}})
    file_.dataset(name, {"network_valley", "network_target"}, rows(*matrix),
                  {{"units", "1"}, {"long_name", long_name}});
  file_.dataset("network_probability", {"network_valley"}, network.probability,
                {{"units", "1"}, {"long_name", "share of time in which a core was left last"}});
  if (network.probability_low.size() == n) {
    file_.dataset("network_probability_low", {"network_valley"}, network.probability_low,
                  {{"units", "1"}, {"long_name", "lower end of its interval"}});
    file_.dataset("network_probability_high", {"network_valley"}, network.probability_high,
                  {{"units", "1"}, {"long_name", "upper end of its interval"}});
  }
  file_.dataset("network_escape_time_probability", {"network_valley"}, network.escape_time_probability,
                {{"units", "1"}, {"long_name", "mean escape time over the sum of all (Corollary 3.2.2)"}});
  if (network.spectrum.empty()) return;
  file_.bare_scale("network_mode", n);
  const auto [real, imaginary] = parts(network.spectrum);
  file_.dataset("network_spectrum", {"network_mode"}, real,
                {{"units", "1"}, {"long_name", "eigenvalues of the network, real parts"}});
  file_.dataset("network_spectrum_imaginary", {"network_mode"}, imaginary,
                {{"units", "1"}, {"long_name", "eigenvalues of the network, imaginary parts"}});
  file_.dataset("network_right_mode", {"network_mode", "network_valley"}, network.right.real().reshaped(n * n, 1),
                {{"units", "1"}, {"long_name", "right eigenvectors of the network, real parts"}});
  file_.dataset("network_left_mode", {"network_mode", "network_valley"}, network.left.real().reshaped(n * n, 1),
                {{"units", "1"}, {"long_name", "left eigenvectors of the network, real parts"}});
}

void ResultFile::commit() {
  for (const std::string& field : frame_fields_)
    for (std::size_t frame = 0; frame < times_.size(); ++frame)
      file_.row_view(frame_name(field, frame), field, static_cast<Index>(frame));
  if (axes_.empty()) {
    file_.commit();
    return;
  }
  // Written before the result appears: should the disk be full, an older result stays.
  UnfinishedFile xdmf(xdmf_path(path_));
  xdmf.write(xdmf_text({path_.filename().string(), cells_, times_, frame_fields_, static_fields_}));
  file_.commit();
  xdmf.commit();
}

}  // namespace valleyflux
