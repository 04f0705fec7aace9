#include "solver/multilevel/multilevel_solver.hpp"

#include "solver/elimination/dense_elimination.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/multilevel/detailed_balance.hpp"
#include "solver/multilevel/weighed_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace valleyflux {

struct MultilevelEngine::Shared {
  Eigen::MatrixXi positions;
  MultilevelOptions options;
  MultilevelHooks hooks;
  std::mutex guard;  // of the hooks

  void note(int cycles, double check = 0.0) {
    const std::lock_guard lock(guard);
    if (hooks.solved) hooks.solved({.solves = cycles > 0 ? 1 : 0, .most_cycles = cycles, .check = check});
  }
  /// What `solve` returns; where it stalls, what `otherwise` makes of the engine that takes its place.
  template <class Solve, class Otherwise>
  auto attempt(const Generator& generator, const Solve& solve, const Otherwise& otherwise) {
    try {
      return solve();
    } catch (const Stalled& stalled) {
      if (!hooks.fall_back) throw;
      const std::unique_ptr<LinearEngine> engine = [&] {
        const std::lock_guard lock(guard);
        return hooks.fall_back(stalled.what(), generator, positions);
      }();
      return otherwise(*engine);
    }
  }
};

namespace {

constexpr std::size_t few_states = 60;  // as many are eliminated

/// Throws SolverError where what is in the range of doubles of a law falls apart: how much is in each part is not
/// known.
void require_joined(const JumpsByState& jumps, const std::vector<std::int32_t>& states, const Eigen::VectorXd& law,
                    Index all) {
  constexpr double in_range = 1e-290;
  std::vector<char> inside(static_cast<std::size_t>(all), 0);
  std::vector<std::int32_t> kept;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (law[static_cast<Index>(i)] < in_range) continue;
    inside[static_cast<std::size_t>(states[i])] = 1;
    kept.push_back(states[i]);
  }
  if (communicating_classes(jumps, kept, inside).size() > 1)
    throw SolverError("the stationary law spans more than the range of double precision");
}

}  // namespace

class MultilevelSolver final : public LinearSolver {
 public:
  MultilevelSolver(std::shared_ptr<MultilevelEngine::Shared> shared, const Generator& generator, double shift)
      : shared_(std::move(shared)), generator_(generator), jumps_(generator_) {
    if (!(shift >= 0) || !std::isfinite(shift))
      throw std::invalid_argument(fmt::format("the shift must be finite and not negative (got {})", shift));
    if (generator.states != shared_->positions.cols())
      throw std::invalid_argument(
          fmt::format("the engine is for {} states (got {})", shared_->positions.cols(), generator.states));
    generator_.exit.array() += shift;
    const std::vector<std::int32_t> all = all_states(generator_);
    classes_ = communicating_classes(jumps_, all, std::vector<char>(all.size(), 1));
    std::vector<char> before(all.size(), 0);
    for (const auto& members : classes_) {
      for (const std::int32_t state : members) before[index(state)] = 1;
      if (!leaves(members, before)) throw NoWayOut(members.front());
    }
  }

  Eigen::VectorXd solve(const Eigen::Ref<const Eigen::VectorXd>& f) const override {
    return by_signs(
        f,
        [this](const Eigen::VectorXd& part) {
          std::call_once(parts_found_, [this] { find_parts(); });
          Eigen::VectorXd u = backward(part);
          std::call_once(checked_, [&] { check(part, u); });
          return u;
        },
        [](const LinearSolver& instead, const Eigen::VectorXd& part) { return instead.solve(part); });
  }

  Eigen::VectorXd solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const override {
    return by_signs(
        f, [this](const Eigen::VectorXd& part) { return forward(part, shared_->options); },
        [](const LinearSolver& instead, const Eigen::VectorXd& part) { return instead.solve_forward(part); });
  }

 private:
  static std::size_t index(std::int32_t state) { return static_cast<std::size_t>(state); }

  /// Whether a class can be left, for one of those marked before it or for an exit.
  bool leaves(const std::vector<std::int32_t>& members, const std::vector<char>& before) const {
    for (const std::int32_t state : members) {
      if (generator_.exit[state] > 0) return true;
      bool out = false;
      jumps_.each(state, [&](std::int32_t other, double to, double) {
        out |= to > 0 && before[index(other)] && !std::binary_search(members.begin(), members.end(), other);
      });
      if (out) return true;
    }
    return false;
  }

  /// A right-hand side of both signs is that of two solutions.
  template <class Solve, class Otherwise>
  Eigen::VectorXd by_signs(const Eigen::Ref<const Eigen::VectorXd>& f, const Solve& solve,
                           const Otherwise& otherwise) const {
    if (f.size() != generator_.states)
      throw std::invalid_argument(
          fmt::format("a vector over {} states is needed (got {})", generator_.states, f.size()));
    const auto attempt = [&](const Eigen::VectorXd& part) -> Eigen::VectorXd {
      {
        const std::lock_guard lock(guard_);
        if (instead_) return otherwise(*instead_, part);
      }
      return shared_->attempt(
          generator_, [&] { return solve(part); },
          [&](const LinearEngine& engine) -> Eigen::VectorXd {
            const std::lock_guard lock(guard_);
            instead_ = engine.factorise(generator_);
            return otherwise(*instead_, part);
          });
    };
    if (f.minCoeff() >= 0) return attempt(f);
    return attempt(f.cwiseMax(0.0)) - attempt((-f).cwiseMax(0.0));
  }

  void find_parts() const {
    std::vector<std::vector<WeighedPart>> found;
    for (const auto& states : classes_) found.push_back(parts_of(states));
    parts_ = std::move(found);
  }

  /// None of a few states, which are eliminated.
  std::vector<WeighedPart> parts_of(const std::vector<std::int32_t>& states) const {
    if (states.size() <= few_states) return {};
    const ClassLaw law = class_law(generator_, jumps_, shared_->positions, states, shared_->options);
    if (law.cycles > 0) shared_->note(law.cycles);
    return weighed_parts(jumps_, states, law.weight, generator_.states);
  }

  Eigen::VectorXd backward(const Eigen::VectorXd& f) const {
    const double top = f.maxCoeff();
    Eigen::VectorXd u = Eigen::VectorXd::Zero(generator_.states);
    if (top == 0) return u;
    std::vector<char> known(static_cast<std::size_t>(generator_.states), 0);
    const Eigen::VectorXd scaled = f / top;
    for (std::size_t c = 0; c < classes_.size(); ++c) solve_class(classes_[c], parts_[c], scaled, u, known);
    u *= top;
    if (!u.allFinite()) throw RangeError("the solution of the backward equation overflows double precision");
    return u;
  }

  /// What leads from states to known ones is a way out, which yields their value.
  struct Surroundings {
    Eigen::VectorXd exit, source;
    bool any_known = false;
  };
  Surroundings surroundings(const std::vector<std::int32_t>& states, const Eigen::VectorXd& f, const Eigen::VectorXd& u,
                            const std::vector<char>& known) const {
    Surroundings around{generator_.exit(states), f(states)};
    for (std::size_t i = 0; i < states.size(); ++i)
      jumps_.each(states[i], [&](std::int32_t other, double to, double) {
        if (!known[index(other)]) return;
        around.any_known = true;
        around.exit[static_cast<Index>(i)] += to;
        around.source[static_cast<Index>(i)] += to * u[other];
      });
    return around;
  }

  /// Adds a class to the known values u, part by part; what those are not right for is solved after them, by itself.
  void solve_class(const std::vector<std::int32_t>& states, const std::vector<WeighedPart>& parts,
                   const Eigen::VectorXd& f, Eigen::VectorXd& u, std::vector<char>& known) const {
    if (states.size() <= few_states) {
      const Surroundings around = surroundings(states, f, u, known);
      u(states) = DenseElimination(dense_rates(jumps_, states), around.exit).solve(around.source);
      for (const std::int32_t state : states) known[index(state)] = 1;
      return;
    }
    for (const WeighedPart& part : parts) solve_part(part, f, u, known);
    std::vector<std::int32_t> rest;
    for (const std::int32_t state : states)
      if (!known[index(state)]) rest.push_back(state);
    if (rest.empty()) return;
    if (rest.size() == states.size()) {
      if (surroundings(states, f, u, known).source.maxCoeff() > 0) throw Stalled(out_of_range);
      for (const std::int32_t state : states) known[index(state)] = 1;
      return;
    }
    for (const auto& members : communicating_classes(jumps_, rest, marks_of(rest, generator_.states)))
      solve_class(members, parts_of(members), f, u, known);
  }

  /// A part's backward equation by its chain in reverse: the law of that is weight * u.
  void solve_part(const WeighedPart& part, const Eigen::VectorXd& f, Eigen::VectorXd& u,
                  std::vector<char>& known) const {
    Eigen::VectorXd law = Eigen::VectorXd::Ones(part.weight.size());
    const Eigen::VectorXd values = reversed(part, surroundings(part.states, f, u, known), law);
    // Small values of small weight are out of range here, and in range by themselves.
    constexpr double watched = 1e-250;
    // A trajectory comes from a state to the cut with a probability of the ratio of their weights, and may find the
    // largest value there: that must not be noticed.
    constexpr double unnoticed = 1e20;
    const double largest = std::max(u.maxCoeff(), (law.array() < watched).select(0.0, values).maxCoeff());
    for (std::size_t i = 0; i < part.states.size(); ++i) {
      const auto k = static_cast<Index>(i);
      if (law[k] < watched || part.weight[k] * values[k] < unnoticed * part.cut * largest) continue;
      u[part.states[i]] = values[k];
      known[index(part.states[i])] = 1;
    }
  }

  /// law: that of the reversed chain, largest 1; untouched where the solution is 0.
  Eigen::VectorXd reversed(const WeighedPart& part, const Surroundings& around, Eigen::VectorXd& law) const {
    const Eigen::VectorXd flow = around.source.cwiseProduct(part.weight);
    const double total = flow.sum();
    if (total == 0) return Eigen::VectorXd::Zero(flow.size());
    if (!(around.exit.dot(part.weight) > 0)) throw Stalled(out_of_range);
    const StateSubset subset = subset_of(part.states, generator_.states);
    // A positive f is likely to be the shape of the solution, as in inverse iteration; elsewhere that is constant.
    const bool shaped = !around.any_known && around.source.minCoeff() > 0;
    const Eigen::VectorXd start = shaped ? flow / around.source.maxCoeff() : part.weight;
    const Eigen::VectorXd shares = flow / total;
    BalancedFlows flows = balance(flow_graph(generator_, subset, shared_->positions, around.exit, shares, part.weight),
                                  around.exit, start.cwiseMax(least_start), shared_->options);
    shared_->note(flows.cycles);
    law = std::move(flows.law);
    return law.cwiseQuotient(part.weight) * (total / flows.through);
  }

  Eigen::VectorXd forward(const Eigen::VectorXd& f, const MultilevelOptions& options) const {
    Eigen::VectorXd p = Eigen::VectorXd::Zero(generator_.states);
    const double top = f.maxCoeff();
    if (top == 0) return p;
    Eigen::VectorXd arriving = f / top;
    std::vector<char> member(static_cast<std::size_t>(generator_.states), 0);
    for (std::size_t c = classes_.size(); c-- > 0;) {
      const std::vector<std::int32_t>& states = classes_[c];
      const auto n = static_cast<Index>(states.size());
      for (const std::int32_t state : states) member[index(state)] = 1;
      Eigen::VectorXd exit(n), source(n);
      for (Index i = 0; i < n; ++i) {
        const std::int32_t state = states[static_cast<std::size_t>(i)];
        exit[i] = generator_.exit[state];
        source[i] = arriving[state];
        jumps_.each(state, [&](std::int32_t other, double to, double) {
          if (!member[index(other)]) exit[i] += to;
        });
      }
      const double total = source.sum();
      if (total > 0) {
        const Eigen::VectorXd law = states.size() <= few_states
                                        ? DenseElimination(dense_rates(jumps_, states), exit).solve_forward(source)
                                        : class_forward(states, member, exit, source / total, options) * total;
        for (Index i = 0; i < n; ++i) {
          const std::int32_t state = states[static_cast<std::size_t>(i)];
          p[state] = law[i];
          jumps_.each(state, [&](std::int32_t other, double to, double) {
            if (!member[index(other)]) arriving[other] += to * law[i];
          });
        }
      }
      for (const std::int32_t state : states) member[index(state)] = 0;
    }
    p *= top;
    if (!p.allFinite()) throw RangeError("the solution of the forward equation overflows double precision");
    return p;
  }

  Eigen::VectorXd class_forward(const std::vector<std::int32_t>& states, const std::vector<char>& member,
                                const Eigen::VectorXd& exit, const Eigen::VectorXd& shares,
                                const MultilevelOptions& options) const {
    const auto closed = detailed_balance_law(jumps_, states, member);
    const StateSubset subset = subset_of(states, generator_.states);
    const Eigen::VectorXd start =
        closed ? Eigen::VectorXd(closed->cwiseMax(least_start)) : Eigen::VectorXd(Eigen::VectorXd::Ones(exit.size()));
    const BalancedFlows flows =
        balance(flow_graph(generator_, subset, shared_->positions, exit, shares, {}), exit, start, options);
    shared_->note(flows.cycles);
    if (!(flows.through > 0)) throw Stalled(out_of_range);
    return flows.law / flows.through;
  }

  /// The solution at the most probable state of the largest part, against the same by the forward equation.
  void check(const Eigen::VectorXd& f, const Eigen::VectorXd& u) const {
    const WeighedPart* largest = nullptr;
    for (const auto& parts : parts_)
      for (const WeighedPart& part : parts)
        if (!largest || part.states.size() > largest->states.size()) largest = &part;
    if (!largest) return;
    Index heaviest = 0;
    largest->weight.maxCoeff(&heaviest);
    const std::int32_t state = largest->states[static_cast<std::size_t>(heaviest)];
    MultilevelOptions rough = shared_->options;  // a mean is right long before the last cell is
    constexpr double enough = 100.0;
    rough.tolerance *= enough;
    const double forwards = forward(Eigen::VectorXd::Unit(generator_.states, state), rough).dot(f);
    const double difference = forwards > 0 ? std::abs(u[state] / forwards - 1.0) : u[state];
    constexpr double allowed = 1e-8;
    if (!(difference < allowed))
      throw Stalled(fmt::format("the multilevel solver's mean times forwards and backwards differ by {:.1e}, relative",
                                difference));
    shared_->note(0, difference);
  }

  static constexpr double least_start = 1e-300;
  static constexpr const char* out_of_range =
      "a valley is left by rates below the range of double precision, as the multilevel solver needs it";

  const std::shared_ptr<MultilevelEngine::Shared> shared_;
  Generator generator_;  // with the shift among its exits
  const JumpsByState jumps_;
  std::vector<std::vector<std::int32_t>> classes_;  // each leads to those before it alone
  mutable std::once_flag parts_found_, checked_;
  mutable std::vector<std::vector<WeighedPart>> parts_;  // of the classes
  mutable std::mutex guard_;
  mutable std::unique_ptr<LinearSolver> instead_;  // once it has stalled
};

MultilevelEngine::MultilevelEngine(Eigen::MatrixXi positions, const MultilevelOptions& options, MultilevelHooks hooks)
    : shared_(std::make_shared<Shared>()) {
  shared_->positions = std::move(positions);
  shared_->options = options;
  shared_->options.cycled = hooks.cycled;
  shared_->hooks = std::move(hooks);
}

std::unique_ptr<LinearSolver> MultilevelEngine::factorise(const Generator& generator, double shift,
                                                          std::unique_ptr<LinearSolver>) const {
  return std::make_unique<MultilevelSolver>(shared_, generator, shift);
}

Eigen::VectorXd MultilevelEngine::stationary(const Generator& generator, double total) const {
  return shared_->attempt(
      generator, [&] { return closed_law(generator, total); },
      [&](const LinearEngine& engine) { return engine.stationary(generator, total); });
}

Eigen::VectorXd MultilevelEngine::closed_law(const Generator& generator, double total) const {
  const JumpsByState jumps(generator);
  const std::vector<std::int32_t> all = all_states(generator);
  const auto classes = communicating_classes(jumps, all, std::vector<char>(all.size(), 1));
  std::vector<std::int32_t> number(all.size());
  for (std::size_t c = 0; c < classes.size(); ++c)
    for (const std::int32_t state : classes[c]) number[static_cast<std::size_t>(state)] = static_cast<std::int32_t>(c);
  std::vector<char> open(classes.size(), 0);
  for (const std::int32_t state : all)
    jumps.each(state, [&](std::int32_t other, double to, double) {
      const std::int32_t own = number[static_cast<std::size_t>(state)];
      if (to > 0 && number[static_cast<std::size_t>(other)] != own) open[static_cast<std::size_t>(own)] = 1;
    });
  if (std::count(open.begin(), open.end(), char{0}) > 1)
    throw SolverError("there is more than one closed class of states: no unique stationary law");
  const auto closed = static_cast<std::size_t>(std::find(open.begin(), open.end(), char{0}) - open.begin());
  const std::vector<std::int32_t>& states = classes[closed];
  Eigen::VectorXd law = Eigen::VectorXd::Zero(generator.states);
  const Eigen::VectorXd weight = [&]() -> Eigen::VectorXd {
    if (states.size() <= few_states) return dense_stationary(dense_rates(jumps, states));
    ClassLaw found = class_law(generator, jumps, shared_->positions, states, shared_->options);
    if (found.cycles > 0) {
      shared_->note(found.cycles);
      require_joined(jumps, states, found.weight, generator.states);
    }
    return std::move(found.weight);
  }();
  const double scale = total / weight.sum();
  for (std::size_t i = 0; i < states.size(); ++i) law[states[i]] = weight[static_cast<Index>(i)] * scale;
  return law;
}

std::unique_ptr<LinearEngine> MultilevelEngine::part(const Generator&, std::span<const std::int32_t> states) const {
  return std::make_unique<MultilevelEngine>(shared_->positions(Eigen::all, states), shared_->options, shared_->hooks);
}

double MultilevelEngine::solver_bytes() const {
  constexpr double of_state = 500.0;  // measured: levels, the generator's copy, vectors
  return of_state * static_cast<double>(shared_->positions.cols());
}

double MultilevelEngine::relative_error() const {
  constexpr double over_change = 10.0;  // what is left to come, for what the last cycle has changed
  return over_change * shared_->options.tolerance;
}

}  // namespace valleyflux
