#include "problems/case/case_loss.hpp"

#include "problems/case/case_reader.hpp"
#include "problems/case/valley_name.hpp"
#include "problems/data/idx_file.hpp"
#include "problems/data/label_groups.hpp"
#include "problems/data/synthetic_data.hpp"
#include "problems/data/tabular_data.hpp"
#include "problems/losses/losses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

constexpr long most_samples = 10000000, most_features = 100000;
constexpr double most_numbers_of_data = 1e9;  // 8 GB of data
constexpr Index most_parameters = 10000000;   // of a network
constexpr Index most_of_hessian = 20000;      // parameters: a matrix of 3.2 GB

DataSet read_files(CaseReader& table, CaseLoss& result) {
  const auto file = table.text("file"), images = table.text("images"), labels = table.text("labels");
  if (!!images != !!labels)
    table.fail("", "data.images and data.labels belong together: the two IDX files of a set of images");
  if (!!file == !!images)
    table.fail("", "data needs exactly one of file (CSV), images and labels (IDX), samples (random data)");
  if (images) {
    const auto pool = table.integer("pool", 1, 1000).value_or(1);
    result.source = *images;
    return placed(table.place("images"), [&] {
      return read_idx(table.context().file_named(*images), table.context().file_named(*labels), static_cast<int>(pool));
    });
  }
  TabularOptions options;
  options.label = table.text("label").value_or(options.label);
  options.without = table.texts("without");
  result.source = *file;
  return placed(table.place("file"), [&] { return read_tabular(table.context().file_named(*file), options); });
}

std::uint64_t read_seed(CaseReader& table) {
  return static_cast<std::uint64_t>(table.integer("seed", 0, std::numeric_limits<long>::max()).value_or(1));
}

DataSet read_random_data(CaseReader& table, long samples, CaseLoss& result) {
  const auto features = table.integer("features", 1, most_features);
  if (!features) table.fail_without("features");
  const auto classes = table.integer("classes", 1, 1000).value_or(2);
  const double numbers = static_cast<double>(samples) * static_cast<double>(*features);
  if (numbers > most_numbers_of_data)
    table.fail("features", fmt::format("{} samples of {} features are too many: {:.0f} numbers at most", samples,
                                       *features, most_numbers_of_data));
  const double sd = table.positive("sd").value_or(1.0);
  const auto seed = read_seed(table);
  result.source =
      fmt::format("{} samples of {} normal features (sd {}), {} random classes", samples, *features, sd, classes);
  return placed(table.place(""),
                [&] { return gaussian_data(samples, *features, static_cast<int>(classes), sd, seed); });
}

/// Two classes instead of many: group = "random", a half of the labels by the data's seed, or the labels of one class.
DataSet read_group(CaseReader& table, const DataSet& data, CaseLoss& result) {
  const toml::node* group = table.find("group");
  if (!group) return data;
  const bool random = group->is_string();
  if (!random && !(group->is_array() && group->as_array()->is_homogeneous(toml::node_type::string)))
    table.fail("group", fmt::format("data.group must be \"random\" or an array of labels as texts, some of {} (got {})",
                                    fmt::join(data.classes, ", "), CaseReader::shown(*group)));
  if (random && group->value<std::string>() != "random")
    table.fail("group",
               fmt::format("data.group = {0} is neither \"random\" nor an array of labels: one of them is given "
                           "as [{0}], the labels being {1}",
                           CaseReader::shown(*group), fmt::join(data.classes, ", ")));
  const std::uint64_t seed = read_seed(table);  // of labels that are named it may be given all the same
  const std::vector<std::string> labels =
      random ? placed(table.place("group"), [&] { return random_half(data, seed); }) : table.texts("group");
  DataSet two = placed(table.place("group"), [&] { return grouped(data, labels); });
  result.source += fmt::format(", {} against {}", two.classes[1], two.classes[0]);
  return two;
}

DataSet read_data(CaseReader& table, CaseLoss& result) {
  const auto samples = table.integer("samples", 1, most_samples);
  DataSet data =
      samples ? read_random_data(table, *samples, result) : read_group(table, read_files(table, result), result);
  if (const auto rows = table.integer("rows", 1, most_samples)) data = spread_samples(data, *rows);
  if (table.boolean("standardise").value_or(false)) data = standardised(data);
  table.finish();
  return data;
}

std::shared_ptr<const Loss> read_loss_model(CaseReader& table, const DataSet& data, CaseLoss& result) {
  const std::vector<std::string> models{"styblinski_tang", "logistic_regression", "network"};
  if (!table.find("model")) table.fail("", fmt::format("loss.model is missing: {}", fmt::join(models, ", ")));
  result.model = table.choice("model", models, "");
  const std::string place = table.place("model");
  if (result.model == "styblinski_tang") return placed(place, [&] { return styblinski_tang_loss(data); });
  if (result.model == "logistic_regression") return placed(place, [&] { return logistic_regression_loss(data); });
  NetworkShape shape;
  shape.depth = static_cast<int>(table.integer("depth", 1, 20).value_or(shape.depth));
  shape.width = static_cast<int>(table.integer("width", 1, 10000).value_or(shape.width));
  const double width = shape.width, inner = std::max(0.0, shape.depth - 2.0) * width * width;
  const double ends = width * static_cast<double>(data.features.rows() + static_cast<Index>(data.classes.size()));
  if (inner + ends > static_cast<double>(most_parameters))
    table.fail("width", fmt::format("a network of {} layers of {} units has too many parameters: {} at most",
                                    shape.depth, shape.width, most_parameters));
  return placed(place, [&] { return network_loss(data, shape); });
}

/// covariance = true: along all eigenvectors of the Hessian (0); a number: along so many leading ones.
std::optional<Index> read_covariance(CaseReader& table, const Loss& loss) {
  constexpr long fewest = 3, most = 1000, fewest_samples = 20;
  const toml::node* node = table.find("covariance");
  if (!node) return std::nullopt;
  const Index parameters = loss.dimension();
  const std::optional<long> leading = node->is_integer() ? table.integer("covariance", fewest, most) : std::nullopt;
  if (!leading && !*table.boolean("covariance")) return std::nullopt;
  if (parameters < fewest || loss.samples() < fewest_samples)
    table.fail("covariance", fmt::format("loss.covariance compares {} eigenvectors over {} samples at the least (there "
                                         "are {} parameters and {} samples)",
                                         fewest, fewest_samples, parameters, loss.samples()));
  if (leading) return *leading;
  if (parameters > most_of_hessian)
    table.fail("covariance", fmt::format("loss.covariance = true takes the whole Hessian: {} parameters at most (there "
                                         "are {}); a number asks for so many of its leading eigenvectors",
                                         most_of_hessian, parameters));
  return 0;
}

/// A value for all coordinates, or one for each.
Eigen::VectorXd coordinates(CaseReader& table, const std::string& key, Index d, double standard) {
  const toml::node* node = table.find(key);
  if (!node) return Eigen::VectorXd::Constant(d, standard);
  if (!node->is_array()) return Eigen::VectorXd::Constant(d, table.required_number(key));
  const auto values = *table.numbers(key, static_cast<std::size_t>(d));
  return Eigen::Map<const Eigen::VectorXd>(values.data(), d);
}

/// The power of k that something is divided by: true for the standard one, false for none, or a number.
double read_scale(CaseReader& table, double standard) {
  const toml::node* scale = table.find("scale");
  if (!scale) return standard;
  if (scale->is_number()) return table.required_number("scale");
  if (!scale->is_boolean())
    table.fail("scale",
               fmt::format("{} must be a number (the power of k that it divides by), true ({:g}) or false (got {})",
                           table.name("scale"), standard, CaseReader::shown(*scale)));
  return *table.boolean("scale") ? standard : 0.0;
}

/// Of a training: steps, or epochs of samples / batch_size steps each.
long read_steps(CaseReader& training, Index samples, std::uint32_t batch_size) {
  constexpr long most = 1000000000;
  const auto steps = training.integer("steps", 1, most), epochs = training.integer("epochs", 1, most);
  if (!!steps == !!epochs) training.fail("", "start.training needs either epochs (passes over the data) or steps");
  if (steps) return *steps;
  const double all = std::ceil(static_cast<double>(*epochs) * static_cast<double>(samples) / batch_size);
  if (all > static_cast<double>(most))
    training.fail("epochs",
                  fmt::format("{} epochs of {} samples are {:.0f} steps: {} at most", *epochs, samples, all, most));
  return static_cast<long>(all);
}

void read_start(CaseReader& table, CaseLoss& result) {
  const Index d = result.loss->dimension();
  result.start = coordinates(table, "at", d, 0.0);
  result.seed = read_seed(table);
  result.start_scale = read_scale(table, result.start_scale);
  if (const auto sd = table.positive("sd")) result.start += *sd * normal_numbers(d, result.seed);
  if (auto training = table.table("training")) {
    CaseTraining spec;
    const auto eta = training->positive("eta");
    if (!eta) training->fail_without("eta");
    spec.eta = *eta;
    spec.batch_size =
        static_cast<std::uint32_t>(training->integer("batch_size", 1, result.loss->samples()).value_or(1));
    spec.steps = read_steps(*training, result.loss->samples(), spec.batch_size);
    training->finish();
    result.training = spec;
  }
  table.finish();
}

void read_valley(CaseReader& valley, CaseLoss& result) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  result.valley = valley.required_text("name");
  if (const auto fault = unfit_valley_name(result.valley))
    valley.fail("name", fmt::format("\"{}\" cannot be a valley's name: it {}", result.valley, *fault));
  const Index d = result.loss->dimension();
  result.half_width = valley.positive("half_width");
  const bool ends = valley.find("min") || valley.find("max");
  if (result.half_width && ends) valley.fail("half_width", "a valley has either half_width or min and max, not both");
  if (!result.half_width && !ends)
    valley.fail("", "a valley of a loss needs half_width (a box around the start), or min or max of its coordinates");
  result.low = coordinates(valley, "min", d, -infinity);
  result.high = coordinates(valley, "max", d, infinity);
  if (!(result.low.array() < result.high.array()).all())
    valley.fail("min", fmt::format("{} must be less than {}", valley.name("min"), valley.name("max")));
  result.valley_scale = read_scale(valley, result.valley_scale);
  valley.finish();
}

}  // namespace

CaseLoss read_loss(CaseReader& root) {
  CaseLoss result;
  auto data = root.table("data"), loss = root.table("loss"), start = root.table("start");
  if (const auto& by_code = root.context().by_code.loss) {
    if (data) root.fail("data", "a loss by code has its data itself: [data] has no place beside it");
    if (loss->find("model")) loss->fail("model", "a loss by code has no loss.model");
    result.loss = by_code;
  } else {
    if (!data) root.fail("", "[data] is missing: what the loss is an average over");
    result.data = std::make_shared<const DataSet>(read_data(*data, result));
    result.loss = read_loss_model(*loss, *result.data, result);
  }
  result.k = loss->positive("k").value_or(1.0);
  result.covariance = read_covariance(*loss, *result.loss);
  loss->finish();
  if (start)
    read_start(*start, result);
  else
    result.start = Eigen::VectorXd::Zero(result.loss->dimension());
  result.key = (data ? data->text_without("") : "") + loss->text_without("k") + (start ? start->text_without("") : "");
  std::vector<CaseReader> valleys = root.tables("valley");
  if (valleys.size() > 1) root.fail("valley", "a case over data has one valley: the box that is escaped from");
  if (!valleys.empty()) read_valley(valleys[0], result);
  return result;
}

}  // namespace valleyflux
