#include "solver/multilevel/coarse_flows.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace valleyflux {

namespace {

/// Flow of two nodes' exchange, reduced to a part `t` of it: the difference of both ways stays.
void reduce(double& one, double& other, double t) {
  double &larger = one >= other ? one : other, &smaller = one >= other ? other : one;
  const double ratio = smaller / larger, net = 1.0 - ratio;
  const double root = std::sqrt(net * net + 4.0 * t * t * ratio);
  smaller = larger * (2.0 * t * t * ratio / (root + net));
  larger *= 0.5 * (root + net);
}

/// The same, in series with resistances over its own.
void reduce_by(double& one, double& other, double resistance) {
  if (!(one > 0 && other > 0)) return;
  // Not less than a quarter: of aggregates that hardly hang together too little would be left.
  constexpr double least = 0.25, hardly_less = 0.999;
  const double t = std::max(least, 1.0 / (1.0 + resistance));
  if (t < hardly_less) reduce(one, other, t);
}

/// Flows of members of an aggregate by their entries' places in its row of at most `places` - 1, the last for those
/// inside; and those with the cemetery.
template <std::size_t places>
struct MemberFlows {
  std::array<double, places> in, gross;  // gross: both ways
  double exit, source;

  static std::size_t place(std::uint8_t coarse_place) { return coarse_place & (places - 1); }
  static constexpr std::size_t inside = places - 1;

  void clear() {
    in.fill(0.0);
    gross.fill(0.0);
    exit = source = 0.0;
  }
  template <bool both_ways>
  void add(const FlowLevel& fine, std::int32_t i) {
    const FlowGraph& graph = fine.graph;
    const double x = fine.x[i];
    for (std::int32_t k = graph.begin[i]; k < graph.begin[i + 1]; ++k) {
      const double flow = graph.rate[k] * fine.x[graph.neighbour[k]];
      const std::size_t at = place(fine.coarse_place[k]);
      in[at] += flow;
      if (both_ways) gross[at] += flow + graph.back(k) * x;
    }
    if (graph.leaves()) {
      exit += graph.exit[i] * x;
      source += graph.source[i] * fine.outside;
    }
  }
};

/// Makes the rows of aggregates that have less than `places` neighbours.
template <std::size_t places, bool in_series>
class RowMaker {
 public:
  RowMaker(const FlowLevel& fine, FlowLevel& coarse, float* resistance)
      : fine_(fine), coarse_(coarse), resistance_(resistance) {}

  void make(std::int32_t a) {
    FlowGraph& links = coarse_.graph;
    const std::int32_t row = links.begin[a], count = links.begin[a + 1] - row;
    const std::int32_t first = fine_.member_begin[a], last = fine_.member_begin[a + 1];
    all_.clear();
    double mass = 0.0;
    for (std::int32_t m = first; m < last; ++m) {
      const std::int32_t i = fine_.members[m];
      mass += fine_.mass_of(i) * fine_.x[i];
      all_.template add<in_series>(fine_, i);
      if (in_series && m == first) {
        one_ = all_.gross;
        one_outside_ = all_.exit + all_.source;
      }
    }
    for (std::int32_t k = 0; k < count; ++k) links.rate[row + k] = all_.in[at(k)];
    coarse_.mass[a] = mass;
    coarse_.x[a] = 1.0;
    if (in_series) {
      if (last - first == 1)
        for (std::int32_t k = 0; k < count; ++k) resistance_[row + k] = 0.0F;
      else
        find_resistances(first, last, mass, count, resistance_ + row);
    }
    if (links.leaves()) {
      links.exit[a] = all_.exit;
      links.source[a] = all_.source;
    }
  }

 private:
  static std::size_t at(std::int32_t k) { return static_cast<std::size_t>(k); }

  /// What the inside puts in series with each link, over the link's own resistance: half the sum over the members of
  /// what their part in its flows differs by from their share of mass, over what the members exchange.
  void find_resistances(std::int32_t first, std::int32_t last, double mass, std::int32_t count, float* resistance) {
    std::array<double, places> apart;
    apart.fill(0.0);
    double apart_outside = 0.0;
    const double outside = all_.exit + all_.source;
    const bool pair = last - first == 2;  // both differ by the same
    for (std::int32_t m = first; m < (pair ? first + 1 : last); ++m) {
      const std::int32_t i = fine_.members[m];
      if (m > first) {
        MemberFlows<places> member;
        member.clear();
        member.template add<true>(fine_, i);
        one_ = member.gross;
        one_outside_ = member.exit + member.source;
      }
      const double share = fine_.mass_of(i) * fine_.x[i] / mass;
      for (std::int32_t k = 0; k < count; ++k) apart[at(k)] += std::abs(one_[at(k)] - share * all_.gross[at(k)]);
      apart_outside += std::abs(one_outside_ - share * outside);
    }
    constexpr double infinite = 1e30;
    const double inside = all_.in[MemberFlows<places>::inside], by_inside = (pair ? 1.0 : 0.5) / inside;
    const auto over_own = [&](double sum) { return inside > 0 ? std::min(sum * by_inside, infinite) : infinite; };
    for (std::int32_t k = 0; k < count; ++k) resistance[k] = static_cast<float>(over_own(apart[at(k)]));
    reduce_by(all_.exit, all_.source, over_own(apart_outside));
  }

  const FlowLevel& fine_;
  FlowLevel& coarse_;
  float* const resistance_;
  MemberFlows<places> all_;
  std::array<double, places> one_;  // of one member: flows both ways, and with the cemetery
  double one_outside_ = 0.0;
};

template <bool in_series>
void make_rows(const FlowLevel& fine, FlowLevel& coarse, float* resistance) {
  constexpr std::int32_t few = 8, more = 16;
  RowMaker<few, in_series> usual(fine, coarse, resistance);
  RowMaker<more, in_series> longer(fine, coarse, resistance);
  RowMaker<longest_row + 1, in_series> any(fine, coarse, resistance);
  const std::int32_t aggregates = coarse.graph.nodes();
#pragma omp for schedule(static)
  for (std::int32_t a = 0; a < aggregates; ++a) {
    const std::int32_t neighbours = coarse.graph.begin[a + 1] - coarse.graph.begin[a];
    if (neighbours < few)
      usual.make(a);
    else if (neighbours < more)
      longer.make(a);
    else
      any.make(a);
  }
}

}  // namespace

void coarse_flows(const FlowLevel& fine, FlowLevel& coarse, bool in_series, Entries<float>& resistance) {
  FlowGraph& links = coarse.graph;
  const std::int32_t aggregates = links.nodes();
  if (in_series && resistance.size() < links.rate.size()) resistance.resize(links.rate.size());
#pragma omp parallel if (fine.graph.nodes() > worth_a_team)
  {
    if (in_series)
      make_rows<true>(fine, coarse, resistance.data());
    else
      make_rows<false>(fine, coarse, nullptr);
    if (in_series) {
#pragma omp for schedule(static)
      for (std::int32_t a = 0; a < aggregates; ++a)
        for (std::int32_t k = links.begin[a]; k < links.begin[a + 1]; ++k) {
          if (links.neighbour[k] < a) continue;
          const std::int32_t other = links.reverse(k);
          reduce_by(links.rate[k], links.rate[other], static_cast<double>(resistance[k]) + resistance[other]);
        }
    }
  }
  sum_outflows(links);
  coarse.outside = 1.0;
  coarse.outside_mass = fine.outside_mass * fine.outside;
}

}  // namespace valleyflux
