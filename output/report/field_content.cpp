#include "output/report/field_content.hpp"

#include "output/report/drawn_cells.hpp"
#include "output/report/encoded_field.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

using Json = nlohmann::ordered_json;

constexpr double decades = 6.0;          // of density shown
constexpr Index most_frames = 120;       // of which every one more costs the page its size
constexpr Index most_arrows = 20;        // along an axis
constexpr Index fewest_cells = 32;       // along an axis: no coarser
constexpr std::size_t budget = 1200000;  // bytes of the encoded frames

Index most_cells(int dimension) {
  return dimension > 1 ? 256 : 1024;
}

Json json_of(const EncodedField& field) {
  return {
      {"bits", field.bits}, {"log", field.logarithmic}, {"low", field.low}, {"high", field.high}, {"data", field.data}};
}

/// Smallest and largest finite value; nothing where there is none.
std::optional<std::pair<double, double>> range_of(const std::vector<double>& values) {
  std::optional<std::pair<double, double>> range;
  for (const double value : values)
    if (std::isfinite(value))
      range =
          range ? std::pair(std::min(range->first, value), std::max(range->second, value)) : std::pair(value, value);
  return range;
}

/// On a scale of its own, from the smallest to the largest value, or of those given.
Json linear(const std::vector<double>& values, int bits) {
  const auto range = range_of(values).value_or(std::pair(0.0, 1.0));
  const double width = range.second > range.first ? 0.0 : std::max(1.0, std::abs(range.first));
  return json_of(encoded(values, bits, range.first, range.second + width));
}

Json axes(const StoredResult& result, const DrawnCells& cells) {
  Json all = Json::array();
  for (int k = 0; k < cells.dimension(); ++k) {
    const std::string name = k == 0 ? "x" : "y";
    all.push_back({{"name", result.attribute(name, "long_name")},
                   {"unit", result.attribute(name, "units")},
                   {"boundary", result.attribute(name, "boundary")},
                   {"stride", cells.stride(k)},
                   {"edges", cells.edges(k)}});
  }
  return all;
}

/// The height up to which the landscape is worth showing: walls far above all that is reached would flatten the
/// valleys.
double highest_reached(const StoredResult& result, const std::vector<double>& landscape) {
  double highest = -std::numeric_limits<double>::infinity();
  const auto look = [&](const std::vector<double>& density) {
    const auto range = range_of(density);
    if (!range || density.size() != landscape.size()) return;
    for (std::size_t k = 0; k < density.size(); ++k)
      if (density[k] > std::pow(10.0, -decades) * range->second && std::isfinite(landscape[k]))
        highest = std::max(highest, landscape[k]);
  };
  look(result.numbers("stationary_density"));
  const std::vector<Index> frames = result.shape("density");
  if (!frames.empty())
    for (const Index frame : {Index{0}, frames[0] - 1})
      if (frame >= 0 && frame < frames[0]) look(result.row("density", frame));
  return highest;
}

Json landscape(const StoredResult& result, const DrawnCells& cells) {
  const std::vector<double> heights = result.numbers("landscape");
  const auto range = range_of(heights);
  if (!range) return nullptr;
  const double reached = highest_reached(result, heights);
  const double shown = reached > range->first ? reached : range->second;
  // On the line the curve leaves the picture upwards; in the plane heights above are painted as the highest.
  const double high = cells.dimension() > 1 ? shown : std::min(range->second, 3.0 * shown - 2.0 * range->first);
  Json field = high > range->first ? json_of(encoded(cells.drawn("landscape", heights), 16, range->first, high))
                                   : linear(cells.drawn("landscape", heights), 16);
  field["shown"] = shown > range->first ? shown : field["high"].get<double>();
  field["unit"] = result.attribute("landscape", "units");
  field["lowest"] = range->first;
  field["highest"] = range->second;
  return field;
}

Json labels(const StoredResult& result, const DrawnCells& cells) {
  std::vector<double> values = cells.drawn("valley_label", result.numbers("valley_label"));
  for (double& value : values)
    if (value < 0) value = std::numeric_limits<double>::quiet_NaN();
  return json_of(encoded(values, 16, 0.0, 65534.0));  // code: label + 1
}

Json density(const std::vector<double>& values, int dimension, double highest) {
  return json_of(dimension > 1 ? encoded(values, 8, highest * std::pow(10.0, -decades), highest, true)
                               : encoded(values, 16, 0.0, highest));
}

std::vector<std::vector<double>> current_in(const StoredResult& result, const std::string& before,
                                            const std::string& after, std::optional<Index> frame) {
  std::vector<std::vector<double>> components;
  for (const char* axis : {"x", "y"})
    if (const std::string name = before + axis + after; result.has(name))
      components.push_back(frame ? result.row(name, *frame) : result.numbers(name));
  return components;
}

/// Arrows of frames one after another: their number, what each frame's are relative to, components along the axes.
class EncodedArrows {
 public:
  void add(const Arrows& one) {
    count_ = one.count;
    largest_.push_back(one.largest);
    components_.resize(one.components.size());
    for (std::size_t k = 0; k < one.components.size(); ++k)
      components_[k].insert(components_[k].end(), one.components[k].begin(), one.components[k].end());
  }
  Json json(int bits) const {
    Json fields = Json::array();
    for (const auto& component : components_) fields.push_back(json_of(encoded(component, bits, -1.0, 1.0)));
    return {{"count", count_}, {"largest", largest_}, {"components", fields}};
  }

 private:
  std::array<Index, 2> count_{1, 1};
  std::vector<double> largest_;
  std::vector<std::vector<double>> components_;
};

Json frames(const StoredResult& result, int dimension) {
  const std::vector<double> times = result.numbers("time");
  if (times.empty()) return nullptr;
  const auto count = static_cast<Index>(times.size());
  const Index every = (count + most_frames - 1) / most_frames;
  std::vector<Index> chosen;
  for (Index frame = 0; frame < count; frame += every) chosen.push_back(frame);
  if (chosen.back() != count - 1) chosen.push_back(count - 1);
  double highest = 0.0;
  for (const Index frame : chosen)
    if (const auto range = range_of(result.row("density", frame))) highest = std::max(highest, range->second);
  if (!(highest > 0.0)) return nullptr;

  Json found;
  for (Index most = most_cells(dimension);; most /= 2) {
    const DrawnCells cells(result, most);
    std::vector<double> values;
    for (const Index frame : chosen) {
      const std::vector<double> drawn = cells.drawn("density", result.row("density", frame));
      values.insert(values.end(), drawn.begin(), drawn.end());
    }
    Json field = density(values, dimension, highest);
    if (field["data"].get_ref<const std::string&>().size() > budget && most > fewest_cells) continue;
    found = {{"axes", axes(result, cells)}, {"density", std::move(field)}};
    break;
  }
  found["unit"] = result.attribute("density", "units");
  found["time_unit"] = result.attribute("time", "units");
  found["all"] = count;
  EncodedArrows current;
  const Index most = dimension > 1 ? most_arrows : most_cells(1) / 2;
  const bool moves = result.has("current_x");
  Json drawn_times = Json::array();
  const auto each_time = [&](const std::string& name) {
    Json rows = Json::array();
    if (result.has(name))
      for (const Index frame : chosen) rows.push_back(result.row(name, frame));
    return rows;
  };
  for (const Index frame : chosen) {
    drawn_times.push_back(times[static_cast<std::size_t>(frame)]);
    if (moves) current.add(arrows(result, current_in(result, "current_", "", frame), most));
  }
  found["time"] = drawn_times;
  if (moves) found["current"] = current.json(dimension > 1 ? 8 : 16);
  found["current_unit"] = result.attribute("current_x", "units");
  found["valley_probability"] = each_time("valley_probability");
  if (result.has("wall")) {
    found["walls"] = result.texts("wall");
    found["wall_outflow"] = each_time("wall_outflow");
  }
  return found;
}

Json committors(const StoredResult& result, const DrawnCells& cells) {
  constexpr std::string_view beginning = "committor_";
  Json all = Json::array();
  for (const std::string& name : result.names()) {
    if (!name.starts_with(beginning)) continue;
    const std::string escape = name.substr(beginning.size() - 1);  // "_left_right"
    const int bits = cells.dimension() > 1 ? 8 : 16;
    Json one{{"label", result.attribute(name, "long_name")},
             {"field", json_of(encoded(cells.drawn(name, result.numbers(name)), bits, 0.0, 1.0))}};
    const auto current = current_in(result, "reactive_current_", escape, std::nullopt);
    if (!current.empty()) {
      EncodedArrows encoded_arrows;
      encoded_arrows.add(arrows(result, current, cells.dimension() > 1 ? most_arrows : most_cells(1) / 2));
      one["current"] = encoded_arrows.json(bits);
    }
    all.push_back(one);
  }
  return all;
}

}  // namespace

Json field_content(const StoredResult& result) {
  const int dimension = result.has("y_edge") ? 2 : 1;
  const DrawnCells cells(result, most_cells(dimension)), coarser(result, most_cells(dimension) / 2);
  Json fields{{"axes", axes(result, cells)}};
  if (result.has("landscape")) fields["landscape"] = landscape(result, cells);
  if (result.has("valley_label")) fields["labels"] = labels(result, cells);
  if (const std::vector<double> law = result.numbers("stationary_density"); !law.empty())
    if (const auto range = range_of(law); range && range->second > 0.0) {
      fields["stationary"] = density(cells.drawn("stationary_density", law), dimension, range->second);
      fields["stationary"]["unit"] = result.attribute("stationary_density", "units");
    }
  if (result.has("density")) fields["frames"] = frames(result, dimension);
  fields["committors"] = committors(result, coarser);
  fields["committor_axes"] = axes(result, coarser);
  return fields;
}

}  // namespace valleyflux
