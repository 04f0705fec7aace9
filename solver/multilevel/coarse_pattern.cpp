#include "solver/multilevel/coarse_flows.hpp"

#include <algorithm>
#include <array>

namespace valleyflux {

namespace {

/// The members of every aggregate, ascending.
void list_members(FlowLevel& fine, const Entries<std::int32_t>& aggregate, std::int32_t count) {
  Entries<std::int32_t>& begin = fine.member_begin;
  begin.setZero(count + 1);
  for (const std::int32_t a : aggregate)
    if (a + 1 < count) ++begin[a + 2];
  for (std::int32_t a = 2; a <= count; ++a) begin[a] += begin[a - 1];
  fine.members.resize(aggregate.size());
  // begin[a + 1] runs from where the members of a begin to where they end.
  for (Index i = 0; i < aggregate.size(); ++i) fine.members[begin[aggregate[i] + 1]++] = static_cast<std::int32_t>(i);
}

/// The neighbours of an aggregate, ascending: as many as there is place for, and how many there are.
struct AggregateRow {
  std::array<std::int32_t, longest_row> neighbour;
  std::int32_t count = 0;

  void add(std::int32_t a) {
    const std::int32_t* const end = neighbour.data() + std::min(count, longest_row);
    if (std::find(static_cast<const std::int32_t*>(neighbour.data()), end, a) != end) return;
    if (count < longest_row) neighbour[static_cast<std::size_t>(count)] = a;
    ++count;
  }
  void sort() { std::sort(neighbour.data(), neighbour.data() + std::min(count, longest_row)); }
  std::uint8_t place_of(std::int32_t a) const {
    return static_cast<std::uint8_t>(std::find(neighbour.data(), neighbour.data() + count, a) - neighbour.data());
  }
};

/// f(entry, aggregate of its neighbour) for all entries of the members of `a`.
template <class F>
void each_entry(const FlowLevel& fine, const Entries<std::int32_t>& aggregate, std::int32_t a, const F& f) {
  for (std::int32_t m = fine.member_begin[a]; m < fine.member_begin[a + 1]; ++m) {
    const std::int32_t i = fine.members[m];
    for (std::int32_t k = fine.graph.begin[i]; k < fine.graph.begin[i + 1]; ++k)
      f(k, aggregate[fine.graph.neighbour[k]]);
  }
}

}  // namespace

FlowLevel coarse_pattern(FlowLevel& fine, const Entries<std::int32_t>& aggregate, std::int32_t count) {
  list_members(fine, aggregate, count);
  FlowLevel coarse;
  FlowGraph& links = coarse.graph;
  links.begin.resize(count + 1);
  links.begin[0] = 0;
#pragma omp parallel for schedule(static) if (count > worth_a_team)
  for (std::int32_t a = 0; a < count; ++a) {
    AggregateRow row;
    each_entry(fine, aggregate, a, [&](std::int32_t, std::int32_t b) {
      if (b != a) row.add(b);
    });
    links.begin[a + 1] = row.count;
  }
  end_rows(links.begin);
  links.neighbour.resize(links.begin[count]);
  fine.coarse_place.resize(fine.graph.neighbour.size());
#pragma omp parallel for schedule(static) if (count > worth_a_team)
  for (std::int32_t a = 0; a < count; ++a) {
    AggregateRow row;
    each_entry(fine, aggregate, a, [&](std::int32_t, std::int32_t b) {
      if (b != a) row.add(b);
    });
    row.sort();
    std::copy_n(row.neighbour.data(), row.count, &links.neighbour[links.begin[a]]);
    each_entry(fine, aggregate, a, [&](std::int32_t k, std::int32_t b) {
      fine.coarse_place[k] = b == a ? inside_aggregate : row.place_of(b);
    });
  }
  find_places(links);
  links.rate.resize(links.neighbour.size());
  links.outflow.resize(count);
  if (fine.graph.leaves()) {
    links.exit.resize(count);
    links.source.resize(count);
  }
  coarse.x.resize(count);
  coarse.mass.resize(count);
  return coarse;
}

}  // namespace valleyflux
