#pragma once

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

/// What the suite hands to every tool: the same Markov jump process, what is asked about it, and the answer that
/// valleyflux_suite has verified. The standard library alone, so that a peer needs nothing of valleyflux.
namespace suite {

struct Chain {
  std::vector<std::int32_t> from, to;     // edges, from < to, sorted
  std::vector<double> forward, backward;  // rates of an edge from `from` to `to`, and back
  std::vector<double> exit;               // rates into the absorbing set, states
  std::vector<double> log_weight;         // of the stationary law that detailed balance gives, states, largest 0
  std::vector<std::int32_t> column, row;  // where each state is on the grid
  std::vector<double> start;              // probabilities at time 0 of densities, states
  std::vector<double> answer;             // states, or the one eigenvalue
  double time = 0.0;                      // of densities

  std::int32_t states() const { return static_cast<std::int32_t>(exit.size()); }
};

namespace detail {

template <typename T>
void put(std::ostream& out, const std::vector<T>& values) {
  const auto count = static_cast<std::int64_t>(values.size());
  out.write(reinterpret_cast<const char*>(&count), sizeof count);
  out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

template <typename T>
void get(std::istream& in, std::vector<T>& values) {
  std::int64_t count = 0;
  in.read(reinterpret_cast<char*>(&count), sizeof count);
  if (!in || count < 0) throw std::runtime_error("the file of the chain ends early");
  values.resize(static_cast<std::size_t>(count));
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

}  // namespace detail

inline void write_chain(const std::string& path, const Chain& chain) {
  std::ofstream out(path, std::ios::binary);
  detail::put(out, chain.from);
  detail::put(out, chain.to);
  detail::put(out, chain.forward);
  detail::put(out, chain.backward);
  detail::put(out, chain.exit);
  detail::put(out, chain.log_weight);
  detail::put(out, chain.column);
  detail::put(out, chain.row);
  detail::put(out, chain.start);
  detail::put(out, chain.answer);
  detail::put(out, std::vector<double>{chain.time});
  if (!out) throw std::runtime_error(path + " could not be written");
}

inline Chain read_chain(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + " could not be opened");
  Chain chain;
  std::vector<double> time;
  detail::get(in, chain.from);
  detail::get(in, chain.to);
  detail::get(in, chain.forward);
  detail::get(in, chain.backward);
  detail::get(in, chain.exit);
  detail::get(in, chain.log_weight);
  detail::get(in, chain.column);
  detail::get(in, chain.row);
  detail::get(in, chain.start);
  detail::get(in, chain.answer);
  detail::get(in, time);
  if (!in || time.size() != 1) throw std::runtime_error(path + " ends early");
  chain.time = time[0];
  return chain;
}

}  // namespace suite
