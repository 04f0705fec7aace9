#include "output/result_datasets.hpp"

#include "output/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <type_traits>

namespace valleyflux {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// What fields are, as far as a file holds them.
template <class T>
concept Text = std::is_same_v<T, std::string>;
template <class T>
concept Truth = std::is_same_v<T, bool>;
template <class T>
concept Number = std::is_arithmetic_v<T> && !Truth<T>;
template <class T>
struct OptionalNumber : std::false_type {};
template <class T>
struct OptionalNumber<std::optional<T>> : std::is_arithmetic<T> {};
template <class T>
concept Scalar = Number<T> || OptionalNumber<T>::value;
template <class T>
concept Series = std::is_same_v<T, std::vector<double>> || std::is_same_v<T, Eigen::VectorXd>;
template <class T>
concept Matrix = std::is_same_v<T, Eigen::MatrixXd>;

double number_of(Number auto value) {
  return static_cast<double>(value);
}
template <class T>
double number_of(const std::optional<T>& value) {
  return value ? static_cast<double>(*value) : missing;
}

Eigen::VectorXd series_of(const Eigen::VectorXd& series) {
  return series;
}
Eigen::VectorXd series_of(const std::vector<double>& series) {
  return Eigen::Map<const Eigen::VectorXd>(series.data(), static_cast<Index>(series.size()));
}

Eigen::VectorXd row_major(const Eigen::MatrixXd& matrix) {
  return matrix.transpose().reshaped();
}

Datasets::Attributes of_numbers(std::string_view dimension, const std::string& meaning) {
  return {{"units", std::string(dimension)}, {"long_name", meaning}};
}
Datasets::Attributes of_others(const std::string& meaning) {
  return {{"long_name", meaning}};
}

[[noreturn]] void no_dataset(const std::string& name) {
  throw std::logic_error(fmt::format("{}: no dataset is known for a field of its kind", name));
}

/// A set of structs of one kind: as many values of each field, over a scale.
template <Described Row>
class Table {
 public:
  /// names: what the coordinates are called.
  Table(Datasets& file, const char* scale, const std::vector<Row>& rows, const std::vector<std::string>& coordinates,
        const std::vector<std::string>& names)
      : file_(file), scale_(scale), rows_(rows), coordinates_(coordinates), names_(names) {}

  void write() {
    for_each_field<Row>([&](const auto& field) {
      if (field.in_file()) write_field(field);
    });
  }

 private:
  Index size() const { return static_cast<Index>(rows_.size()); }
  const std::string& name_of(std::size_t coordinate) const {
    return coordinate < names_.size() ? names_[coordinate] : coordinates_[coordinate];
  }

  template <class Field>
  void write_field(const Field& field) {
    using Value = ValueOf<Row, decltype(field.get)>;
    const std::string name = dataset_name<Row>(field), meaning(field.meaning);
    const auto at = [&](Index row) -> decltype(auto) {
      return std::invoke(field.get, rows_[static_cast<std::size_t>(row)]);
    };
    if constexpr (Text<Value>) {
      std::vector<std::string> texts;
      for (Index row = 0; row < size(); ++row) texts.push_back(at(row));
      file_.dataset(name, {scale_}, texts, of_others(meaning));
    } else if constexpr (Truth<Value>) {
      std::vector<int> truths;
      for (Index row = 0; row < size(); ++row) truths.push_back(at(row) ? 1 : 0);
      file_.dataset(name, {scale_}, truths, of_others(meaning));
    } else if constexpr (Scalar<Value>) {
      Eigen::VectorXd numbers(size());
      for (Index row = 0; row < size(); ++row) numbers[row] = number_of(at(row));
      file_.dataset(name, {scale_}, numbers, of_numbers(field.unit, meaning));
    } else if constexpr (std::is_same_v<Value, Coordinates>) {
      for (std::size_t k = 0; k < coordinates_.size(); ++k) {
        Eigen::VectorXd numbers = Eigen::VectorXd::Constant(size(), missing);
        for (Index row = 0; row < size(); ++row)
          if (const Coordinates point = at(row); k < point.at.size()) numbers[row] = point.at[k];
        file_.dataset(name + "_" + coordinates_[k], {scale_}, numbers,
                      of_numbers(length_along(static_cast<int>(k)), name_of(k) + " " + meaning));
      }
    } else if constexpr (Series<Value>) {
      write_curves(name, field, [&](Index row) -> Eigen::MatrixXd { return series_of(at(row)).transpose(); }, {""});
    } else if constexpr (Matrix<Value>) {
      write_curves(name, field, at, coordinates_);
    } else {
      no_dataset(name);
    }
  }

  /// Of each row a matrix (parts x points), NaN where it has fewer points than others; one dataset for each part, with
  /// its name behind that of the field.
  template <class Field, class At>
  void write_curves(const std::string& name, const Field& field, const At& at, const std::vector<std::string>& parts) {
    Index points = 1;
    for (Index row = 0; row < size(); ++row) points = std::max(points, at(row).cols());
    const std::string scale(field.placed.scales[0]);
    if (!file_.has_scale(scale)) file_.bare_scale(scale, points);
    for (std::size_t part = 0; part < parts.size(); ++part) {
      Eigen::VectorXd values = Eigen::VectorXd::Constant(size() * points, missing);
      for (Index row = 0; row < size(); ++row)
        if (at(row).cols() == points)
          values.segment(row * points, points) = at(row).row(static_cast<Index>(part)).transpose();
      const std::string& label = parts[part];
      file_.dataset(label.empty() ? name : name + "_" + label, {scale_, scale}, values,
                    of_numbers(label.empty() ? std::string(field.unit) : length_along(static_cast<int>(part)),
                               (label.empty() ? "" : name_of(part) + " ") + std::string(field.meaning)));
    }
  }

  Datasets& file_;
  const std::string scale_;
  const std::vector<Row>& rows_;
  const std::vector<std::string>&coordinates_, &names_;
};

/// Of what there is one of.
template <Described Owner>
void write_one(Datasets& file, const Owner& owner) {
  const auto scaled = [&](const std::string& scale, Index size) {
    if (!file.has_scale(scale)) file.bare_scale(scale, size);
    return std::vector<std::string>{scale};
  };
  for_each_field<Owner>([&](const auto& field) {
    if (!field.in_file()) return;
    using Value = ValueOf<Owner, decltype(field.get)>;
    const std::string name = dataset_name<Owner>(field), meaning(field.meaning);
    const auto& value = std::invoke(field.get, owner);
    if constexpr (Text<Value>) {
      file.dataset(name, scaled("whole", 1), std::vector<std::string>{value}, of_others(meaning));
    } else if constexpr (Truth<Value>) {
      file.dataset(name, scaled("whole", 1), std::vector<int>{value ? 1 : 0}, of_others(meaning));
    } else if constexpr (Scalar<Value>) {
      file.dataset(name, scaled("whole", 1), Eigen::VectorXd::Constant(1, number_of(value)),
                   of_numbers(field.unit, meaning));
    } else if constexpr (std::is_same_v<Value, MeasuredNumber>) {
      const Eigen::Vector3d ends(value.value, value.low, value.high);
      file.dataset(name, scaled("bound", ends.size()), Eigen::VectorXd(ends), of_numbers(field.unit, meaning));
    } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
      file.text_scale(name, value, of_others(meaning));
    } else if constexpr (Series<Value>) {
      if (const Eigen::VectorXd series = series_of(value); series.size() > 0)
        file.dataset(name, scaled(std::string(field.placed.scales[0]), series.size()), series,
                     of_numbers(field.unit, meaning));
    } else if constexpr (Matrix<Value>) {
      if (value.size() > 0)
        file.dataset(name, {std::string(field.placed.scales[0]), std::string(field.placed.scales[1])}, row_major(value),
                     of_numbers(field.unit, meaning));
    } else {
      no_dataset(name);
    }
  });
}

/// Valley by valley; left out where no escape leads to any.
void write_shares(Datasets& file, const Results& results) {
  if (std::all_of(results.estimates.begin(), results.estimates.end(),
                  [](const Estimate& estimate) { return estimate.shares.empty(); }))
    return;
  const auto count = static_cast<Index>(results.estimates.size()), valleys = static_cast<Index>(results.valleys.size());
  const auto valley_of = [&](const TargetShare& share) {
    return std::find_if(results.valleys.begin(), results.valleys.end(),
                        [&](const ValleyResult& valley) { return valley.name == share.to; }) -
           results.valleys.begin();
  };
  for_each_field<TargetShare>([&](const auto& field) {
    if constexpr (Scalar<ValueOf<TargetShare, decltype(field.get)>>) {
      Eigen::VectorXd numbers = Eigen::VectorXd::Constant(count * valleys, missing);
      for (Index row = 0; row < count; ++row)
        for (const TargetShare& share : results.estimates[static_cast<std::size_t>(row)].shares)
          numbers[row * valleys + valley_of(share)] = number_of(std::invoke(field.get, share));
      file.dataset(dataset_name<TargetShare>(field), {"estimate", "valley"}, numbers,
                   of_numbers(field.unit, std::string(field.meaning)));
    }
  });
}

template <class Row, class Label>
std::vector<std::string> labels(const std::vector<Row>& rows, Label label) {
  std::vector<std::string> all;
  for (const Row& row : rows) all.push_back(label(row));
  return all;
}

/// Where each escape leaves: points on the ends that it may come to.
void write_exit_places(Datasets& file, const FirstPassageResult& one, const std::vector<std::string>& coordinates,
                       const std::vector<std::string>& names) {
  const std::string escape = one.from + "_" + one.to, of = fmt::format("{} -> {}", one.from, one.to);
  Index places = 0;
  for (const FirstPassageTarget& target : one.targets) places += target.exit_points.cols();
  if (places == 0) return;
  Eigen::MatrixXd points(static_cast<Index>(coordinates.size()), places);
  Eigen::VectorXd probability(places);
  std::vector<std::string> ends;
  for (const FirstPassageTarget& target : one.targets) {
    const auto begin = static_cast<Index>(ends.size()), count = target.exit_points.cols();
    points.middleCols(begin, count) = target.exit_points;
    probability.segment(begin, count) = target.exit_probability;
    ends.insert(ends.end(), static_cast<std::size_t>(count), target.name);
  }
  const std::string scale = "first_passage_place_" + escape;
  file.bare_scale(scale, places);
  for (std::size_t k = 0; k < coordinates.size(); ++k)
    file.dataset(fmt::format("first_passage_exit_{}_{}", coordinates[k], escape), {scale},
                 Eigen::VectorXd(points.row(static_cast<Index>(k))),
                 of_numbers(length_along(static_cast<int>(k)),
                            fmt::format("{} of places of exit, {}", k < names.size() ? names[k] : coordinates[k], of)));
  file.dataset("first_passage_exit_probability_" + escape, {scale}, probability,
               of_numbers("1", "probability of leaving there, " + of));
  file.dataset("first_passage_exit_target_" + escape, {scale}, ends, of_others("what each place leads to, " + of));
}

/// Curves over common times, one dataset for each escape, and one for each of several targets.
void write_first_passages(Datasets& file, const Results& results, const std::vector<std::string>& coordinates) {
  file.text_scale("first_passage",
                  labels(results.first_passages,
                         [](const FirstPassageResult& one) { return fmt::format("{}->{}", one.from, one.to); }),
                  of_others("from->to"));
  Table<FirstPassageResult>(file, "first_passage", results.first_passages, {}, {}).write();
  std::vector<std::string> escapes;  // of all targets
  std::vector<FirstPassageTarget> targets;
  for (const FirstPassageResult& one : results.first_passages)
    for (const FirstPassageTarget& target : one.targets) {
      escapes.push_back(fmt::format("{}->{}:{}", one.from, one.to, target.name));
      targets.push_back(target);
    }
  file.text_scale("first_passage_target", escapes, of_others("from->to:target"));
  Table<FirstPassageTarget>(file, "first_passage_target", targets, {}, {}).write();
  file.numeric_scale("first_passage_time", results.first_passage_time,
                     of_numbers("1/rate", "time since the start at the minimum"));
  for (const FirstPassageResult& one : results.first_passages) {
    const std::string escape = one.from + "_" + one.to, of = fmt::format("{} -> {}", one.from, one.to),
                      density = "probability density of the time of arrival",
                      error = "difference of it to that on a grid twice as coarse";
    const auto curve = [&](const std::string& name, const std::string& dimension, const Eigen::VectorXd& values,
                           const std::string& meaning) {
      file.dataset("first_passage_" + name, {"first_passage_time"}, values, of_numbers(dimension, meaning));
    };
    curve("density_" + escape, "rate", one.density, density + ", " + of);
    curve("density_error_" + escape, "rate", one.density_error, error + ", " + of);
    curve("survival_" + escape, "1", one.survival, "probability of being still on the way, " + of);
    if (one.targets.size() > 1)
      for (const FirstPassageTarget& target : one.targets) {
        const std::string end = escape + "_" + target.name, into = fmt::format(", {}, into {}", of, target.name);
        curve("target_density_" + end, "rate", target.density, density + into);
        curve("target_density_error_" + end, "rate", target.density_error, error + into);
      }
    write_exit_places(file, one, coordinates, results.variables);
  }
}

/// What there is of a number that may be missing, and lists by axis.
void write_attribute(Datasets& file, const std::string& name, double value) {
  file.attribute(name, value);
}
void write_attribute(Datasets& file, const std::string& name, const std::optional<double>& value) {
  if (value) file.attribute(name, *value);
}
void write_attribute(Datasets& file, const std::string& name, const std::optional<std::string>& text) {
  if (text) file.attribute(name, *text);
}
void write_attribute(Datasets& file, const std::string& name, const std::vector<Index>& counts) {
  file.attribute(name, std::vector<double>(counts.begin(), counts.end()));
}
void write_attribute(Datasets& file, const std::string& name, const std::vector<std::array<double, 2>>& sides) {
  std::vector<double> ends;
  for (const auto& side : sides) ends.insert(ends.end(), side.begin(), side.end());
  file.attribute(name, ends);
}

/// What there is one of, as attributes of the file.
template <Described Owner>
void write_attributes(Datasets& file, const Owner& owner) {
  for_each_field<Owner>(
      [&](const auto& field) { write_attribute(file, dataset_name<Owner>(field), std::invoke(field.get, owner)); });
}

}  // namespace

void write_results(Datasets& file, const Results& results, const std::vector<std::string>& coordinates,
                   const std::vector<std::string>& axes) {
  Table<ValleyResult>(file, "valley", results.valleys, coordinates, results.variables).write();
  file.text_scale("estimate",
                  labels(results.estimates,
                         [](const Estimate& one) { return fmt::format("{}->{}:{}", one.from, one.to, one.method); }),
                  of_others("from->to:method"));
  Table<Estimate>(file, "estimate", results.estimates, coordinates, results.variables).write();
  write_shares(file, results);
  write_one(file, results);
  if (results.evolution) write_one(file, *results.evolution);
  if (results.histogram) write_one(file, *results.histogram);
  if (results.accuracy) write_attributes(file, *results.accuracy);
  if (results.linear_solver) write_attributes(file, *results.linear_solver);
  if (results.loss) {
    write_one(file, *results.loss);
    if (results.loss->covariance) write_one(file, *results.loss->covariance);
  }
  if (results.network) {
    const std::vector<std::string>& valleys = results.network->valleys;
    file.text_scale("network_valley", valleys, of_others("valleys of the network"));
    file.text_scale("network_target", valleys, of_others("valleys of the network, as targets"));
    if (!results.network->spectrum.empty()) file.bare_scale("network_mode", static_cast<Index>(valleys.size()));
    write_one(file, *results.network);
  }
  if (!results.paths.empty()) {
    file.text_scale("path", labels(results.paths, [](const PathResult& one) { return one.from + "->" + one.to; }),
                    of_others("from->to, one for each saddle between them"));
    Table<PathResult>(file, "path", results.paths, axes, results.variables).write();
  }
  if (!results.first_passages.empty()) write_first_passages(file, results, coordinates);
}

}  // namespace valleyflux
