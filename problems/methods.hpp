#pragma once

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What is escaped from: a landscape on a grid of one or two axes, one in a box for particles alone, or a loss over
/// data.
enum class ProblemKind { line, plane, box, loss };

/// What a method is made of.
enum class MethodStage { grid, chain, particles, closed_form };

/// What a method needs beyond a problem of its kinds.
enum class MethodNeed {
  nothing,
  stationary_law,  // which an absorbing wall forbids
  committor,       // where there is no grid to solve for it on, a reaction coordinate instead
  known_barrier    // of losses: styblinski_tang alone has one
};

/// As users read them: "line"; "a stationary law", empty where nothing is needed.
std::string name_of(ProblemKind kind);
std::string name_of(MethodNeed need);

/// One way to an escape rate, as users ask for it.
struct Method {
  std::string name;
  std::vector<std::string> aliases;  // names that ask for it as well; one of several methods asks for all of them
  MethodStage stage;
  std::vector<ProblemKind> kinds;     // that it is for
  std::vector<ProblemKind> standard;  // of which it is asked for where nothing is said
  MethodNeed need;
  int rank;  // among those quoted (recommended_rate.hpp), best first; of equal ranks the smaller error counts
  std::string definition;  // of the rate, for users
  std::string source;
};

/// All methods, in the order of method_list.inc: what case files, refusals, defaults and the recommended row know of
/// them. Their estimators: solver/methods.
const std::vector<Method>& methods();

/// The method of that name or, of an alias, the first that it asks for. Throws std::invalid_argument for other names.
const Method& method_named(const std::string& name);

/// Whether one of the names asked for is the method's own or an alias.
bool asks_for(const std::vector<std::string>& asked, const Method& method);

/// The methods of a stage that names ask for, in the order in which they are asked for.
std::vector<std::string> methods_asked(const std::vector<std::string>& asked, MethodStage stage);

/// Every name that may be asked for, aliases before the first method that they stand for.
const std::vector<std::string>& method_names();

/// Why a method cannot be asked of such a problem (barrier_known: of a loss), for users; nothing if it can.
std::optional<std::string> refusal(const std::string& name, ProblemKind kind, bool barrier_known = true);

/// What is asked for where nothing is said, by aliases where there are any.
std::vector<std::string> standard_methods(ProblemKind kind, bool stationary_law = true);

/// What splitting says where it has nothing to split by.
inline constexpr const char* no_committor =
    "langevin.reaction_coordinate is missing: without a grid there is no committor to split by";

}  // namespace valleyflux
