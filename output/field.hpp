#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace valleyflux {

/// What shows a field. JSON leaves out what may be very long; the result file what it holds in another form.
enum class ShownIn { everywhere, json, file };

/// Where a field stands that does not stand where its name says.
struct Placement {
  ShownIn shown_in = ShownIn::everywhere;
  std::string_view dataset = {};                // its name in the result file
  std::array<std::string_view, 2> scales = {};  // of arrays there: their axes, the slowest first
};

inline constexpr Placement json_only{ShownIn::json};
constexpr Placement in_dataset(std::string_view name) {
  return {ShownIn::everywhere, name};
}
constexpr Placement over(std::string_view slow_scale, std::string_view fast_scale = {}) {
  return {ShownIn::everywhere, {}, {slow_scale, fast_scale}};
}
constexpr Placement file_only(std::string_view dataset, std::string_view slow_scale, std::string_view fast_scale = {}) {
  return {ShownIn::file, dataset, {slow_scale, fast_scale}};
}

/// A field of a result, described once; whatever shows results walks these descriptions (for_each_field).
template <class Getter>
struct Field {
  std::string_view name;     // key in JSON, column in CSV and tables; in the result file after the owner's own name
  std::string_view unit;     // a dimension, which the result file words in the case's units (problems/units.hpp)
  std::string_view meaning;  // of coordinates: what follows the name of each
  std::string_view missing;  // where there is none: null in JSON, NaN in the result file, empty in CSV; empty: nowhere
  Getter get;                // pointer to member, or function of the owner
  Placement placed = {};

  bool in_json() const { return placed.shown_in != ShownIn::file; }
  bool in_file() const { return placed.shown_in != ShownIn::json; }
};
template <class Getter>
Field(std::string_view, std::string_view, std::string_view, std::string_view, Getter) -> Field<Getter>;
template <class Getter>
Field(std::string_view, std::string_view, std::string_view, std::string_view, Getter, Placement) -> Field<Getter>;

/// The description of a struct: its specialisations hold `all`, a tuple of Field in the order in which they are shown,
/// and, where a result file holds the struct, `name`, what its datasets begin with.
template <class Owner>
struct Fields;

template <class T>
concept Described = requires {
  Fields<T>::all;
};

/// Calls visit(field) for every field of a described struct.
template <Described Owner, class Visitor>
void for_each_field(Visitor visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, Fields<Owner>::all);
}

/// The same for the fields of these names, in their order. All of them must be described: static_assert it.
template <Described Owner, class Visitor>
void for_fields_named(const auto& names, Visitor visit) {
  for (const std::string_view name : names)
    for_each_field<Owner>([&](const auto& field) {
      if (field.name == name) visit(field);
    });
}

template <Described Owner>
constexpr bool describes(std::string_view name) {
  return std::apply([&](const auto&... field) { return ((field.name == name) || ...); }, Fields<Owner>::all);
}

template <Described Owner>
constexpr bool describes_all(const auto& names) {
  return std::all_of(names.begin(), names.end(), [](std::string_view name) { return describes<Owner>(name); });
}

/// What a field of an owner is, references taken off.
template <class Owner, class Getter>
using ValueOf = std::remove_cvref_t<std::invoke_result_t<Getter, const Owner&>>;

/// Name of a field's dataset in the result file.
template <Described Owner>
std::string dataset_name(const auto& field) {
  if (!field.placed.dataset.empty()) return std::string(field.placed.dataset);
  std::string name(Fields<Owner>::name);
  return name.empty() ? std::string(field.name) : name + "_" + std::string(field.name);
}

/// Coordinates of a point; empty: there is none.
struct Coordinates {
  const std::vector<double>& at;
};

}  // namespace valleyflux
