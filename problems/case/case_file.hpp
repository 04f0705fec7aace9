#pragma once

#include "grids/box.hpp"
#include "grids/open_axis.hpp"
#include "problems/case/case_loss.hpp"
#include "problems/case/parts_by_code.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/dynamics/two_temperature.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/problem.hpp"
#include "problems/units.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace valleyflux {

/// Wrong input: what() is "FILE:LINE:COLUMN: error: ..." (or "--set KEY: error: ...").
class CaseError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A value with the place it was read from ("FILE:LINE:COLUMN"), for errors that later stages find.
template <class T>
struct Placed {
  T value{};
  std::string place;
};

/// The initial density of an evolution: a valley's local equilibrium, a Gaussian, or an expression.
struct GaussianStart {
  std::vector<double> mean, sd;
};
using InitialDensity = std::variant<std::string, GaussianStart, Expression>;

struct CaseValley {
  std::string name;
  std::optional<Expression> where, core;
  std::vector<double> minimum;  // near it; of cases without a grid
};

struct CaseEvolve {
  Placed<InitialDensity> initial;
  double until = 1.0;
  long frames = 50;
  Placed<std::string> stepper{"auto", ""};
  std::optional<double> tolerance = {};
};

struct CaseEscape {
  Placed<std::string> from, to;       // to: a valley, "any", "first_exit", or the name of the target
  std::optional<Expression> where;    // of a target: where it is,
  std::optional<AbsorbingWall> wall;  // or a wall of the box
  bool to_target() const { return where || wall; }
  std::vector<std::string> methods;
};

/// [langevin]: particles, for the methods langevin, sgd and splitting.
struct CaseParticles {
  long particles = 10000;
  std::optional<double> step;  // default: 1e-3; of sgd the learning rate of the noise where that is SGD noise
  std::uint64_t seed = 1;
  bool sgd = false;                               // dynamics = "sgd"
  std::optional<double> time_limit;               // default: what `particles` can be watched for in 10^9 steps in all
  bool platen = false;                            // scheme = "platen" instead of "euler_maruyama"
  bool single_noise = false;                      // noise = "single" instead of "double"
  std::string minibatch = "gaussian";             // of sgd; or "with_replacement", "without_replacement"
  bool histogram = false;                         // of the particles at the end of the evolution
  long replicas = 100, runs = 64;                 // of splitting
  std::optional<Expression> reaction_coordinate;  // of splitting; default: the committor
  std::string reaction_coordinate_place;
};

/// [first_passage]: distributions of the time that escapes take.
struct CaseFirstPassage {
  std::optional<double> until;  // the last of the times that are told; default: by the mean times
  std::optional<long> points;   // how many, eight in each doubling; likewise
};

/// [accuracy]: of every rate that comes from a grid.
struct CaseAccuracy {
  double relative = 1e-3;  // half-width of its interval over the rate
  double memory = 4e9;     // bytes that finer grids may take to get there
};

/// A case file, read and checked as far as that is possible without sampling the landscape.
struct Case {
  std::string title;
  std::string file;                           // as given
  std::string text;                           // the whole case, overrides applied
  std::vector<std::filesystem::path> inputs;  // all files that it is read from
  Units units;
  std::optional<Dynamics> dynamics;  // of a landscape or a drift
  std::optional<CaseLoss> loss;      // of [loss]; one of the two is set by read_case
  std::optional<SgdDiffusionOptions> sgd;
  std::optional<TwoTemperatureOptions> two_temperature;
  std::vector<std::string> variables;  // names of the coordinates; empty of a loss
  std::vector<OpenAxis> axes;          // of [grid]; what is missing is chosen when the problem is built
  std::vector<BoxSide> box;  // of [box], without cells: for particles alone; one of the two is empty, of a loss both
  /// Of the drift on the grid, where noise that follows their heights has asked for them: found once.
  std::variant<std::monostate, std::vector<CriticalPoint<1>>, std::vector<CriticalPoint<2>>> critical_points;
  std::optional<Expression> domain;  // [domain] where: of the coordinates and, where there is a landscape, of L
  std::vector<CaseValley> valleys;
  double valley_depth = 0.0;  // [valleys], in units of the noise level; 0: every minimum has its basin
  std::optional<CaseEvolve> evolve;
  std::optional<CaseFirstPassage> first_passage;
  std::vector<CaseEscape> escapes;
  CaseParticles particles;
  std::vector<std::string> vary;               // [sweep] keys and their values, as --vary takes them
  double theorem_s = 0.5;                      // [theory] s of Theorem 3.2
  bool paths = true, quasi_potential = false;  // [theory]
  CaseAccuracy accuracy;
  int grids = 4;                      // [solver] grids of an error estimate
  int modes = 6;                      // [solver] of the leading spectrum
  bool network = true;                // [solver] of all valleys
  bool stationary = true;             // [solver] law and probabilities of the valleys
  std::string engine = "automatic";   // [solver] of linear equations
  bool departing_cell_rates = false;  // [solver] rates = "departing_cell" instead of "edge"
  std::string table;                  // of the landscape, where it is read from a file: what, of which format
  std::vector<std::string> tables;    // the same of other tables that it names, behind what they are for
  std::vector<std::shared_ptr<const TableFunction>> gapped;  // those of drift and noise that lack values somewhere
  std::vector<std::string> warnings;
  std::map<std::string, std::string> places;  // "file:line:column" of what a problem is built from: see place_of
};

/// Where the case tells what a ProblemError names by its key: "grid", "grid.x", "landscape", "drift", "diffusion",
/// "valley", "valley.NAME", or "box" instead of "grid".
std::string place_of(const Case& definition, const std::string& key);

/// Overrides "table.key=value", as --set takes them; entries of arrays of tables by name or number
/// (valley.left.where=..., escape.0.methods=[...]).
using Overrides = std::vector<std::string>;

/// Reads and checks a case. Throws CaseError.
Case read_case(const std::filesystem::path& file, const Overrides& overrides = {});
/// The same for a text; `directory`: where the files it names are looked for.
Case read_case(const std::string& text, const std::string& file, const std::filesystem::path& directory,
               const Overrides& overrides = {}, PartsByCode by_code = {});

}  // namespace valleyflux
