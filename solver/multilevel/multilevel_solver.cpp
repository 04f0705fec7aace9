#include "solver/multilevel/multilevel_solver.hpp"

#include "solver/elimination/dense_elimination.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/multilevel/closed_law.hpp"
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

constexpr double over_change = 10.0;  // what is left to come, for what the last cycle has changed

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
        [this](const Eigen::Ref<const Eigen::VectorXd>& part) {
          std::call_once(parts_found_, [this] { find_parts(); });
          Eigen::VectorXd u = backward(part);
          std::call_once(checked_, [&] { check(part, u); });
          return u;
        },
        [](const LinearSolver& instead, const Eigen::Ref<const Eigen::VectorXd>& part) { return instead.solve(part); });
  }

  Eigen::VectorXd solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const override {
    return by_signs(
        f, [this](const Eigen::Ref<const Eigen::VectorXd>& part) { return forward(part, shared_->options); },
        [](const LinearSolver& instead, const Eigen::Ref<const Eigen::VectorXd>& part) {
          return instead.solve_forward(part);
        });
  }

 private:
  static std::size_t index(std::int32_t state) { return static_cast<std::size_t>(state); }

  /// Whether a class can be left, for one of those marked before it or for an exit.
  bool leaves(const std::vector<std::int32_t>& members, const std::vector<char>& before) const {
    for (const std::int32_t state : members)
      if (generator_.exit[state] > 0) return true;
    for (const std::int32_t state : members) {
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
    const auto attempt = [&](const Eigen::Ref<const Eigen::VectorXd>& part) -> Eigen::VectorXd {
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
    const ClassLaw law = class_law(jumps_, shared_->positions, states, shared_->options);
    if (law.cycles > 0) shared_->note(law.cycles);
    return weighed_parts(jumps_, states, law.weight, generator_.states);
  }

  /// The backward equation as far as it is solved: (-Q) u = f / top.
  struct Passage {
    const Eigen::Ref<const Eigen::VectorXd>& f;
    double top = 1.0;
    Eigen::VectorXd u;
    std::vector<char> known;  // states
  };

  Eigen::VectorXd backward(const Eigen::Ref<const Eigen::VectorXd>& f) const {
    Passage passage{f, f.maxCoeff(), Eigen::VectorXd::Zero(f.size()),
                    std::vector<char>(static_cast<std::size_t>(f.size()), 0)};
    if (passage.top == 0) return passage.u;
    for (std::size_t c = 0; c < classes_.size(); ++c) solve_class(classes_[c], parts_[c], passage);
    passage.u *= passage.top;
    if (!passage.u.allFinite()) throw RangeError("the solution of the backward equation overflows double precision");
    return std::move(passage.u);
  }

  /// What leads from states to known ones is a way out, which yields their value.
  struct Surroundings {
    Eigen::VectorXd exit, source;
    bool any_known = false;
  };
  Surroundings surroundings(const std::vector<std::int32_t>& states, const Passage& passage) const {
    Surroundings around{generator_.exit(states), passage.f(states) / passage.top};
    const auto count = static_cast<std::int64_t>(states.size());
    bool any_known = false;
#pragma omp parallel for schedule(static) reduction(|| : any_known) if (count > worth_a_team)
    for (std::int64_t i = 0; i < count; ++i)
      jumps_.each(states[static_cast<std::size_t>(i)], [&](std::int32_t other, double to, double) {
        if (!passage.known[index(other)]) return;
        any_known = true;
        around.exit[i] += to;
        around.source[i] += to * passage.u[other];
      });
    around.any_known = any_known;
    return around;
  }

  /// Adds a class to the known values, part by part; what those are not right for is solved after them, by itself.
  void solve_class(const std::vector<std::int32_t>& states, const std::vector<WeighedPart>& parts,
                   Passage& passage) const {
    if (states.size() <= few_states) {
      const Surroundings around = surroundings(states, passage);
      passage.u(states) = DenseElimination(dense_rates(jumps_, states), around.exit).solve(around.source);
      for (const std::int32_t state : states) passage.known[index(state)] = 1;
      return;
    }
    for (const WeighedPart& part : parts) solve_part(part, passage);
    std::vector<std::int32_t> rest;
    for (const std::int32_t state : states)
      if (!passage.known[index(state)]) rest.push_back(state);
    if (rest.empty()) return;
    if (rest.size() == states.size()) {
      if (surroundings(states, passage).source.maxCoeff() > 0) throw Stalled(out_of_range);
      for (const std::int32_t state : states) passage.known[index(state)] = 1;
      return;
    }
    for (const auto& members : communicating_classes(jumps_, rest, marks_of(rest, generator_.states)))
      solve_class(members, parts_of(members), passage);
  }

  /// A part's backward equation by its chain in reverse: the law of that is weight * u.
  void solve_part(const WeighedPart& part, Passage& passage) const {
    Surroundings around = surroundings(part.states, passage);
    // A positive f is likely to be the shape of the solution, as in inverse iteration; elsewhere that is constant.
    const bool shaped = !around.any_known && around.source.minCoeff() > 0;
    const double least_scale = 1.0 / around.source.maxCoeff();
    Eigen::VectorXd flow = std::move(around.source);
    flow.array() *= part.weight.array();
    const double total = flow.sum();
    Eigen::VectorXd law, values;
    if (total == 0) {
      law.setOnes(flow.size());
      values.setZero(flow.size());
    } else {
      if (!(around.exit.dot(part.weight) > 0)) throw Stalled(out_of_range);
      Eigen::VectorXd start = (shaped ? Eigen::VectorXd(flow * least_scale) : part.weight).cwiseMax(least_start);
      flow /= total;
      BalancedFlows flows = balance(flow_graph(jumps_, subset_of(part.states, generator_.states), shared_->positions,
                                               std::move(around.exit), std::move(flow), part.weight),
                                    std::move(start), shared_->options);
      shared_->note(flows.cycles);
      law = std::move(flows.law);
      values = law.cwiseQuotient(part.weight) * (total / flows.through);
    }
    // Small values of small weight are out of range here, and in range by themselves.
    constexpr double watched = 1e-250;
    // A trajectory comes from a state to the cut with a probability of the ratio of their weights, and may find the
    // largest value there: that must not be noticed.
    constexpr double unnoticed = 1e20;
    const double largest = std::max(passage.u.maxCoeff(), (law.array() < watched).select(0.0, values).maxCoeff());
    for (std::size_t i = 0; i < part.states.size(); ++i) {
      const auto k = static_cast<Index>(i);
      if (law[k] < watched || part.weight[k] * values[k] < unnoticed * part.cut * largest) continue;
      passage.u[part.states[i]] = values[k];
      passage.known[index(part.states[i])] = 1;
    }
  }

  /// closed: weights of a part of a class, to start from; may be none.
  Eigen::VectorXd forward(Eigen::VectorXd arriving, const MultilevelOptions& options,
                          const WeighedPart* closed = nullptr) const {
    const double top = arriving.maxCoeff();
    if (top == 0) return Eigen::VectorXd::Zero(generator_.states);
    arriving /= top;
    Eigen::VectorXd p;  // made when the first class is solved, which takes the most memory
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
      if (c == 0) arriving.resize(0);  // that class leads to no other
      const double total = source.sum();
      if (total > 0) {
        source /= total;
        const Eigen::VectorXd law =
            total * (states.size() <= few_states
                         ? DenseElimination(dense_rates(jumps_, states), exit).solve_forward(source)
                         : class_forward(states, member, std::move(exit), std::move(source), options, closed));
        if (p.size() == 0) p.setZero(generator_.states);
        for (Index i = 0; i < n; ++i) {
          const std::int32_t state = states[static_cast<std::size_t>(i)];
          p[state] = law[i];
          jumps_.each(state, [&](std::int32_t other, double to, double) {
            if (to > 0 && !member[index(other)]) arriving[other] += to * law[i];
          });
        }
      }
      for (const std::int32_t state : states) member[index(state)] = 0;
    }
    if (p.size() == 0) p.setZero(generator_.states);
    p *= top;
    if (!p.allFinite()) throw RangeError("the solution of the forward equation overflows double precision");
    return p;
  }

  Eigen::VectorXd class_forward(const std::vector<std::int32_t>& states, const std::vector<char>& member,
                                Eigen::VectorXd exit, Eigen::VectorXd shares, const MultilevelOptions& options,
                                const WeighedPart* closed) const {
    FlowGraph graph;
    Eigen::VectorXd start;
    {
      const StateSubset subset = subset_of(states, generator_.states);
      if (closed && subset.node[index(closed->states.front())] >= 0) {
        start.setConstant(exit.size(), least_start);
        for (std::size_t i = 0; i < closed->states.size(); ++i)
          start[subset.node[index(closed->states[i])]] = closed->weight[static_cast<Index>(i)];
      } else if (auto balanced = detailed_balance_law(jumps_, states, member)) {
        start = balanced->cwiseMax(least_start);
      } else {
        start.setOnes(exit.size());
      }
      graph = flow_graph(jumps_, subset, shared_->positions, std::move(exit), std::move(shares), {});
    }
    const BalancedFlows flows = balance(std::move(graph), std::move(start), options);
    shared_->note(flows.cycles);
    if (!(flows.through > 0)) throw Stalled(out_of_range);
    return flows.law / flows.through;
  }

  /// The solution at the most probable state of the largest part, against the same by the forward equation.
  void check(const Eigen::Ref<const Eigen::VectorXd>& f, const Eigen::VectorXd& u) const {
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
    const auto differs = [&](double forwards) { return forwards > 0 ? std::abs(u[state] / forwards - 1.0) : u[state]; };
    // Cycles that know nothing of the solution come to its value by themselves or not at all.
    int agreed = 0;
    if (classes_.size() == 1)
      rough.enough = [&](const Eigen::VectorXd& law, double through) {
        constexpr int in_a_row = 2;
        const bool agrees = through > 0 && differs(law.dot(f) / through) < shared_->options.tolerance * over_change;
        agreed = agrees ? agreed + 1 : 0;
        return agreed == in_a_row;
      };
    const double difference = differs(forward(Eigen::VectorXd::Unit(generator_.states, state), rough, largest).dot(f));
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
      generator,
      [&]() -> Eigen::VectorXd {
        const ClassLaw closed = closed_law(generator, shared_->positions, shared_->options);
        if (closed.cycles > 0) shared_->note(closed.cycles);
        return closed.weight * (total / closed.weight.sum());
      },
      [&](const LinearEngine& engine) { return engine.stationary(generator, total); });
}

std::unique_ptr<LinearEngine> MultilevelEngine::part(const Generator&, std::span<const std::int32_t> states) const {
  return std::make_unique<MultilevelEngine>(shared_->positions(Eigen::all, states), shared_->options, shared_->hooks);
}

double MultilevelEngine::solver_bytes() const {
  constexpr double of_state = 360.0;  // measured: levels, the generator's copy, vectors
  return of_state * static_cast<double>(shared_->positions.cols());
}

double MultilevelEngine::relative_error() const {
  return over_change * shared_->options.tolerance;
}

}  // namespace valleyflux
