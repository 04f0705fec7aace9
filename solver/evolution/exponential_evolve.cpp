#include "solver/evolution/exponential_evolve.hpp"

#include "solver/evolution/implicit_evolve.hpp"
#include "solver/evolution/krylov_space.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

constexpr Index least_vectors = 4, most_vectors = 60;
constexpr Index few_vectors = 40;   // a space that needs no more is followed by one for more frames
constexpr double reach = 5.0;       // of a space, in units of 1 / shift
constexpr double near = 5.0;        // a factorisation whose shift is so many times off serves as well
constexpr long first_frames = 10;   // of the first space
constexpr long growth_of_span = 4;  // from one space to the next
constexpr long most_frames = 1000;  // of a space: their coefficients take memory, too
constexpr double round_off = 1e-13;
constexpr double least_tolerance = 1e-10;  // below, round-off is what changes from vector to vector

/// A space with the coefficients of the densities at evenly spaced times.
struct SharedSpace {
  KrylovSpace space;
  double spacing;
  Eigen::MatrixXd densities = {}, change = {};    // size x times; of the densities by the last vector
  Eigen::VectorXd error = {}, before_error = {};  // of each time, L1: of the last vector's change, and the one before
  Eigen::MatrixXd flows = {};                     // integrals of the currents, flows x times
};

double sum_of_negative(const Eigen::Ref<const Eigen::VectorXd>& p) {
  return -p.cwiseMin(0.0).sum();
}

class SpaceEvolution {
 public:
  SpaceEvolution(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents,
                 const EvolveOptions& options, EvolutionAccount& account, EvolutionState& state, ShiftedSolver known)
      : generator_(generator),
        engine_(engine),
        currents_(currents),
        options_(options),
        account_(account),
        state_(state),
        spacing_(options.until / static_cast<double>(options.frames)),
        last_(std::move(known)) {}

  void start() {
    state_.space.next = first_frames;
    account_.show(0.0);
    account_.keep();
  }

  /// Goes on after the last frame that was replayed, as if nothing had happened: its space is made again.
  void go_on() {
    if (!state_.factorised.empty() && state_.factorised.front() != last_.shift) last_ = {state_.factorised.front()};
    const SpaceState& space = state_.space;
    if (state_.frame == space.end) return;
    EvolutionState last = state_;
    state_ = account_.replayed_boundary();
    const EvolutionState begin = state_;
    const std::optional<SharedSpace> shared = shared_space(spacing_, last.space.end - begin.frame);
    state_ = std::move(last);
    if (shared) take(*shared, begin);
  }

  /// To as many frames as a space leads to. False where none leads even to the next one.
  bool advance() {
    SpaceState& space = state_.space;
    for (;;) {
      const EvolutionState begin = state_;
      const long span = std::min(space.next, options_.frames - state_.frame);
      if (const std::optional<SharedSpace> shared = shared_space(spacing_, span)) {
        space.begin = begin.frame;
        space.end = begin.frame + span;
        space.next = shared->space.size() <= few_vectors ? std::min(growth_of_span * span, most_frames) : span;
        ++state_.sums.steps;
        take(*shared, begin);
        if (state_.frame > begin.frame) return true;
        --state_.sums.steps;
      }
      ++state_.sums.rejected;
      if (span == 1 || tails_alone_) return false;  // tails are the harder over shorter times
      space.next = std::max(1L, span / growth_of_span);
    }
  }

 private:
  /// A space for `times` times from the state on; nothing where no space of most_vectors will do.
  std::optional<SharedSpace> shared_space(double spacing, Index times) {
    if (state_.sums.steps + state_.sums.rejected >= options_.max_steps)
      throw SolverError(fmt::format("{} steps did not suffice: stopped at time {}", options_.max_steps,
                                    spacing_ * static_cast<double>(state_.frame)));
    factorise_near(reach / (spacing * static_cast<double>(times)));
    SharedSpace shared{KrylovSpace(*last_.solver, last_.shift, state_.probability, most_vectors), spacing};
    const double wanted = tolerance();
    std::vector<double> worst;
    while (shared.space.size() < most_vectors) {
      shared.space.extend();
      estimate(shared, times);
      worst.push_back(std::max(shared.error.maxCoeff(), shared.before_error.maxCoeff()));
      const bool settled = shared.space.size() >= least_vectors && worst.back() <= wanted && known_in_states(shared);
      if (shared.space.closed() || settled) {
        shared.flows = flows_of(shared.space) * shared.space.integrals(spacing, times);
        if (is_density(shared, 0) && is_density(shared, times - 1)) return shared;
      }
      if (shared.space.closed() || hopeless(worst, wanted)) break;
    }
    tails_alone_ = worst.back() <= wanted;
    return std::nullopt;
  }

  void factorise_near(double shift) {
    const bool serves = last_.shift <= near * shift && shift <= near * last_.shift;
    if (!serves) {
      ++state_.sums.factorisations;
      last_.shift = shift;
    }
    if (!serves || !last_.solver) last_.solver = engine_.factorise(generator_, last_.shift, std::move(last_.solver));
    state_.factorised = {last_.shift};
  }

  static void estimate(SharedSpace& shared, Index times) {
    shared.change = -shared.densities;
    shared.densities = shared.space.densities(shared.spacing, times);
    shared.change.conservativeResizeLike(Eigen::MatrixXd::Zero(shared.space.size(), times));
    shared.change += shared.densities;
    shared.before_error = std::move(shared.error);
    shared.error.setZero(times);
    if (shared.space.closed()) {
      shared.before_error.setZero(times);
      return;
    }
    for (Index k = 0; k < times; ++k) shared.error[k] = shared.space.norm(shared.change.col(k));
    if (shared.space.size() == 1) shared.before_error = shared.error;
  }

  /// Whether the last vector has changed no state much, against w, at the first time, which is the hardest, and at the
  /// last. Squares of such changes add up to errors, weighed by w: hence the root.
  bool known_in_states(const SharedSpace& shared) const {
    const double wanted = std::sqrt(std::max(options_.local_error(), least_tolerance));
    return shared.space.largest(shared.change.col(0)) <= wanted &&
           shared.space.largest(shared.change.rightCols<1>()) <= wanted;
  }

  /// Whether errors fall too slowly for a space of most_vectors.
  static bool hopeless(const std::vector<double>& errors, double wanted) {
    constexpr std::size_t patience = 16, back = 8;
    if (errors.size() < patience || !(errors.back() > wanted)) return false;
    const double fall = std::log(errors[errors.size() - 1 - back] / errors.back()) / static_cast<double>(back);
    return !(fall * static_cast<double>(most_vectors - static_cast<Index>(errors.size())) >=
             std::log(errors.back() / wanted));
  }

  double tolerance() const {
    return std::max(options_.local_error(), least_tolerance) * (options_.of_mass ? state_.probability.sum() : 1.0);
  }

  /// Of a space at the state: probability and what has left add up, and there is nothing negative, at one of its times.
  bool is_density(const SharedSpace& shared, Index at) const {
    const Eigen::VectorXd density = shared.space.expanded(shared.densities.col(at));
    const double missing = state_.probability.sum() - shared.flows(currents_.valleys(), at) - density.sum();
    return std::abs(missing) <= tolerance() && sum_of_negative(density) <= round_off;
  }

  /// Shows the frames after the state's that the space, made at `begin`, leads to, as long as they are densities.
  void take(const SharedSpace& shared, const EvolutionState& begin) {
    constexpr Index at_once = 8;
    for (Index done = state_.frame - begin.frame; done < shared.densities.cols();) {
      const Index some = std::min(at_once, shared.densities.cols() - done);
      const Eigen::MatrixXd densities = shared.space.expanded(shared.densities.middleCols(done, some));
      for (Index k = 0; k < some; ++k, ++done) {
        if (!accept(shared, begin, done, densities.col(k))) {
          state_.space.end = state_.frame;
          state_.space.next = std::max<long>(1, done / growth_of_span);
          return;
        }
        show_next();
      }
    }
  }

  /// Integrals of the currents of each vector: flows x size.
  Eigen::MatrixXd flows_of(const KrylovSpace& space) const {
    Eigen::MatrixXd flows(currents_.flows(), space.size());
    for (Index k = 0; k < space.size(); ++k) flows.col(k) = currents_.outflux(space.vector(k));
    return flows;
  }

  /// Takes the density that a space made at `begin` has at its time `at`, and the flows until then. False, and nothing,
  /// where it is no density.
  bool accept(const SharedSpace& shared, const EvolutionState& begin, Index at, Eigen::VectorXd density) {
    if (!density.allFinite() || sum_of_negative(density) > round_off) return false;
    density = density.cwiseMax(0.0);
    Eigen::VectorXd flows = shared.flows.col(at);
    const double mass = begin.probability.sum(), sum = density.sum();
    double& exited = flows[currents_.valleys()];
    const double missing = std::abs(mass - exited - sum);
    if (!(missing <= tolerance())) return false;
    // Whichever is the larger gives way.
    if (exited < 0.5 * mass)
      density *= (mass - exited) / sum;
    else
      flows.tail(flows.size() - currents_.valleys()) *= (mass - sum) / exited;
    const double error = std::max({shared.error[at], shared.before_error[at], missing, round_off});
    state_.sums.error_estimate = std::max(state_.sums.error_estimate, begin.sums.error_estimate + error);
    state_.probability = std::move(density);
    account_.accept(begin.outflow + flows - state_.outflow);
    return true;
  }

  void show_next() {
    account_.show(spacing_ * static_cast<double>(++state_.frame));
    account_.keep();
  }

  const Generator& generator_;
  const LinearEngine& engine_;
  const ValleyCurrents& currents_;
  const EvolveOptions& options_;
  EvolutionAccount& account_;
  EvolutionState& state_;
  double spacing_;
  ShiftedSolver last_;        // the last factorisation; without a solver the shift that an interrupted evolution had
  bool tails_alone_ = false;  // whether single states were all that the last space that was refused had not found
};

}  // namespace

void evolve_exponentially(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents,
                          const EvolveOptions& options, EvolutionAccount& account, EvolutionState& state,
                          ShiftedSolver known) {
  const double spacing = options.until / static_cast<double>(options.frames);
  const bool replayed = account.replay(options.frames, spacing);
  ImplicitEvolution steps(generator, engine, currents, options, Stepper::tr_bdf2, state);
  if (replayed && state.sums.positive_frames > 0) {
    steps.restore();
  } else {
    SpaceEvolution evolution(generator, engine, currents, options, account, state, std::move(known));
    if (replayed)
      evolution.go_on();
    else
      evolution.start();
    while (state.frame < options.frames && evolution.advance()) {
    }
    steps.choose_rung();
  }
  while (state.frame < options.frames) {
    state.space.begin = state.frame;
    state.space.end = state.frame + 1;
    steps.advance(account);
    ++state.sums.positive_frames;
    account.show(spacing * static_cast<double>(++state.frame));
    account.keep();
  }
}

}  // namespace valleyflux
