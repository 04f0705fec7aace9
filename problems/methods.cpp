#include "problems/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_called(const Method& method, const std::string& name) {
  return method.name == name || holds(method.aliases, name);
}

bool is_for(const Method& method, ProblemKind kind) {
  return std::find(method.kinds.begin(), method.kinds.end(), kind) != method.kinds.end();
}

/// Whether a name stands for a method that suits such a problem.
bool names_one_for(const std::string& name, ProblemKind kind) {
  return std::any_of(methods().begin(), methods().end(),
                     [&](const Method& method) { return is_called(method, name) && is_for(method, kind); });
}

/// Names that suit such a problem: what is standard first; without those that have an alias, if so wished.
std::vector<std::string> names_for(ProblemKind kind, bool behind_aliases) {
  std::vector<std::string> names = standard_methods(kind);
  for (const std::string& name : method_names()) {
    const bool hidden = !behind_aliases && name == method_named(name).name && !method_named(name).aliases.empty();
    if (names_one_for(name, kind) && !hidden && !holds(names, name)) names.push_back(name);
  }
  return names;
}

}  // namespace

std::string name_of(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::line: return "line";
    case ProblemKind::plane: return "plane";
    case ProblemKind::box: return "box";
    case ProblemKind::loss: return "loss";
  }
  return "";
}

std::string name_of(MethodNeed need) {
  switch (need) {
    case MethodNeed::nothing: return "";
    case MethodNeed::stationary_law: return "a stationary law, which an absorbing wall forbids";
    case MethodNeed::committor: return "a reaction coordinate in a box";
    case MethodNeed::known_barrier: return "of losses one whose barrier is known, styblinski_tang";
  }
  return "";
}

const std::vector<Method>& methods() {
  using enum ProblemKind;
  using enum MethodStage;
  using enum MethodNeed;
  static const std::vector<Method> table{
#define METHOD(file, ...) {__VA_ARGS__},
#include "problems/method_list.inc"
#undef METHOD
  };
  return table;
}

const Method& method_named(const std::string& name) {
  const auto found =
      std::find_if(methods().begin(), methods().end(), [&](const Method& method) { return is_called(method, name); });
  if (found == methods().end())
    throw std::invalid_argument(
        fmt::format("unknown method \"{}\" (known: {})", name, fmt::join(method_names(), ", ")));
  return *found;
}

bool asks_for(const std::vector<std::string>& asked, const Method& method) {
  return std::any_of(asked.begin(), asked.end(), [&](const std::string& name) { return is_called(method, name); });
}

std::vector<std::string> methods_asked(const std::vector<std::string>& asked, MethodStage stage) {
  std::vector<std::string> names;
  for (const std::string& name : asked)
    for (const Method& method : methods())
      if (method.stage == stage && is_called(method, name) && !holds(names, method.name)) names.push_back(method.name);
  return names;
}

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Method& method : methods()) {
      for (const std::string& alias : method.aliases)
        if (!holds(all, alias)) all.push_back(alias);
      all.push_back(method.name);
    }
    return all;
  }();
  return names;
}

std::optional<std::string> refusal(const std::string& name, ProblemKind kind, bool barrier_known) {
  const auto about = [&](const std::string& what) { return fmt::format("method \"{}\" {}", name, what); };
  if (names_one_for(name, kind)) {
    if (kind == ProblemKind::loss && method_named(name).need == MethodNeed::known_barrier && !barrier_known)
      return about("needs a barrier that is known: of the losses styblinski_tang has one");
    return std::nullopt;
  }
  if (kind == ProblemKind::loss)
    return about(fmt::format("is not for a loss: {}", fmt::join(names_for(kind, true), ", ")));
  if (kind == ProblemKind::box) {
    const std::vector<std::string> known = names_for(kind, false);
    return about(fmt::format("needs a [grid]; particles alone know {} and {}",
                             fmt::join(known.begin(), known.end() - 1, ", "), known.back()));
  }
  if (names_one_for(name, ProblemKind::line)) return about("is for one dimension");
  if (names_one_for(name, ProblemKind::plane)) return about("is for two dimensions");
  return about("is not for a grid");
}

std::vector<std::string> standard_methods(ProblemKind kind, bool stationary_law) {
  std::vector<std::string> names;
  for (const Method& method : methods()) {
    if (std::find(method.standard.begin(), method.standard.end(), kind) == method.standard.end()) continue;
    if (method.need == MethodNeed::stationary_law && !stationary_law) continue;
    const std::string& name = method.aliases.empty() ? method.name : method.aliases.front();
    if (!holds(names, name)) names.push_back(name);
  }
  return names;
}

}  // namespace valleyflux
