#include "tools/python/bindings/pickled_run.hpp"

#include "output/version.hpp"

#include <nanobind/eigen/dense.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/complex.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace valleyflux {

// The members of what a result is made of. A struct that has gained one does not compile here.
inline auto members(Units::Length& one) {
  auto& [a, b] = one;
  return std::tie(a, b);
}
inline auto members(Units& one) {
  auto& [a, b, c, d] = one;
  return std::tie(a, b, c, d);
}
inline auto members(ValleyResult& one) {
  auto& [a, b, c, d, e, f] = one;
  return std::tie(a, b, c, d, e, f);
}
inline auto members(TargetShare& one) {
  auto& [a, b, c, d] = one;
  return std::tie(a, b, c, d);
}
inline auto members(Estimate& one) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z] = one;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z);
}
inline auto members(AccuracyResult& one) {
  auto& [a, b, c, d, e] = one;
  return std::tie(a, b, c, d, e);
}
inline auto members(EvolutionResult::Wall& one) {
  auto& [a, b] = one;
  return std::tie(a, b);
}
inline auto members(EvolutionResult& one) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l] = one;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
}
inline auto members(HistogramResult& one) {
  auto& [a, b, c, d, e] = one;
  return std::tie(a, b, c, d, e);
}
inline auto members(NetworkResult& one) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = one;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
}
inline auto members(PathResult& one) {
  auto& [a, b, c, d, e, f, g, h, i] = one;
  return std::tie(a, b, c, d, e, f, g, h, i);
}
inline auto members(MeasuredNumber& one) {
  auto& [a, b, c] = one;
  return std::tie(a, b, c);
}
inline auto members(HessianComparison& one) {
  auto& [a, b, c, d, e] = one;
  return std::tie(a, b, c, d, e);
}
inline auto members(LossResult& one) {
  auto& [a, b, c, d, e] = one;
  return std::tie(a, b, c, d, e);
}
inline auto members(FirstPassageTarget& one) {
  auto& [a, b, c, d, e, f, g, h] = one;
  return std::tie(a, b, c, d, e, f, g, h);
}
inline auto members(FirstPassageResult& one) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = one;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m);
}
inline auto members(LinearSolverResult& one) {
  auto& [a, b, c, d, e] = one;
  return std::tie(a, b, c, d, e);
}
inline auto members(Results& one) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = one;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u);
}
inline auto members(FieldsOverCells& one) {
  auto& [a, b, c, d] = one;
  return std::tie(a, b, c, d);
}

template <class T>
concept Picklable = requires(T& one) {
  members(one);
};

template <class... Members>
std::tuple<Members...> values_of(const std::tuple<Members&...>& members) {
  return members;
}

}  // namespace valleyflux

/// A struct is the tuple of its members.
template <valleyflux::Picklable T>
struct nanobind::detail::type_caster<T> {
  using Values = decltype(valleyflux::values_of(members(std::declval<T&>())));
  NB_TYPE_CASTER(T, make_caster<Values>::Name)

  bool from_python(handle source, std::uint8_t /*flags*/, cleanup_list* /*cleanup*/) noexcept {
    Values values;
    if (!try_cast<Values>(source, values)) return false;
    members(value) = std::move(values);
    return true;
  }

  static handle from_cpp(T one, rv_policy policy, cleanup_list* cleanup) noexcept {
    return make_caster<Values>::from_cpp(Values(members(one)), policy, cleanup);
  }
};

namespace nb = nanobind;

namespace valleyflux::python {

namespace {

using Entry = MemoryDatasets::Entry;

template <class Number>
nb::object array_of_all(const std::vector<Number>& values) {
  return nb::ndarray<nb::numpy, const Number>(values.data(), {values.size()}, nb::handle()).cast(nb::rv_policy::copy);
}

template <class Number>
std::vector<Number> all_of_array(const nb::handle& array) {
  const auto given = nb::cast<nb::ndarray<const Number, nb::ndim<1>, nb::device::cpu, nb::c_contig>>(array);
  return {given.data(), given.data() + given.size()};
}

nb::tuple state_of_entry(const Entry& entry) {
  nb::object values;
  if (const auto* numbers = std::get_if<std::vector<double>>(&entry.values))
    values = array_of_all(*numbers);
  else if (const auto* counts = std::get_if<std::vector<int>>(&entry.values))
    values = array_of_all(*counts);
  else
    values = nb::cast(std::get<std::vector<std::string>>(entry.values));
  return nb::make_tuple(entry.name, static_cast<int>(entry.kind), entry.scales, entry.shape, entry.values.index(),
                        values, entry.attributes, entry.integer_attributes, entry.grows);
}

Entry entry_of(const nb::tuple& state) {
  Entry entry{nb::cast<std::string>(state[0]),
              static_cast<MemoryDatasets::Kind>(nb::cast<int>(state[1])),
              nb::cast<std::vector<std::string>>(state[2]),
              nb::cast<std::vector<Index>>(state[3]),
              {},
              nb::cast<Datasets::Attributes>(state[6])};
  switch (nb::cast<std::size_t>(state[4])) {
    case 0: entry.values = all_of_array<double>(state[5]); break;
    case 1: entry.values = all_of_array<int>(state[5]); break;
    default: entry.values = nb::cast<std::vector<std::string>>(state[5]);
  }
  entry.integer_attributes = nb::cast<std::vector<std::pair<std::string, std::vector<int>>>>(state[7]);
  entry.grows = nb::cast<bool>(state[8]);
  return entry;
}

}  // namespace

nb::tuple state_of(const FinishedRun& run) {
  nb::list entries;
  for (const Entry& entry : run.record->datasets().entries()) entries.append(state_of_entry(entry));
  return nb::make_tuple(version(), run.interrupted, run.results, run.record->units(), run.record->over_cells(),
                        run.record->datasets().attributes(), entries);
}

FinishedRun run_of(const nb::tuple& state) {
  if (const auto made_by = nb::cast<std::string>(state[0]); made_by != version())
    throw std::invalid_argument(
        fmt::format("a result that was pickled by valleyflux {} cannot be read by valleyflux "
                    "{}: save() writes files that can",
                    made_by, version()));
  FinishedRun run;
  run.interrupted = nb::cast<bool>(state[1]);
  run.results = nb::cast<Results>(state[2]);
  std::vector<Entry> entries;
  for (const nb::handle entry : nb::cast<nb::list>(state[6])) entries.push_back(entry_of(nb::cast<nb::tuple>(entry)));
  run.record = std::make_shared<const ResultInMemory>(
      MemoryDatasets(std::move(entries), nb::cast<MemoryDatasets::AttributeList>(state[5])),
      nb::cast<FieldsOverCells>(state[4]), nb::cast<Units>(state[3]));
  return run;
}

}  // namespace valleyflux::python
