#include "problems/case/case_escapes.hpp"

#include "problems/case/case_targets.hpp"
#include "problems/case/nearest_name.hpp"
#include "problems/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

namespace valleyflux {

namespace {

/// Whether there is no stationary law, because probability is lost at an end of the axis.
bool loses_probability(const OpenAxis& axis) {
  return axis.lower == Boundary::absorbing || axis.upper == Boundary::absorbing;
}

/// What methods see of a case.
ProblemKind kind_of(const Case& definition) {
  if (definition.loss) return ProblemKind::loss;
  return definition.axes.empty()       ? ProblemKind::box
         : definition.axes.size() == 1 ? ProblemKind::line
                                       : ProblemKind::plane;
}

/// What is asked for where nothing is said: no closed forms where no saddle leads to the target, and no law where it is
/// a wall, which takes the probability.
std::vector<std::string> default_methods(const Case& definition, const CaseEscape& spec) {
  const bool law = !spec.wall && std::none_of(definition.axes.begin(), definition.axes.end(), loses_probability);
  std::vector<std::string> methods = standard_methods(kind_of(definition), law);
  if (spec.to_target())
    std::erase_if(methods, [](const auto& name) { return method_named(name).stage == MethodStage::closed_form; });
  return methods;
}

std::vector<std::string> read_methods(CaseReader& escape, const Case& definition, const CaseEscape& spec) {
  const ProblemKind kind = kind_of(definition);
  const toml::node* node = escape.find("methods");
  if (!node) return default_methods(definition, spec);
  const toml::array* array = node->as_array();
  if (!array || !array->is_homogeneous(toml::node_type::string))
    escape.fail("methods", fmt::format("{} must be an array of strings", escape.name("methods")));
  const bool barrier_known = !definition.loss || definition.loss->loss->coordinate(0);
  std::vector<std::string> methods;
  for (const toml::node& entry : *array) {
    const std::string method = *entry.value<std::string>();
    const auto fail = [&](const std::string& message) {
      throw CaseError(
          fmt::format("{}: error: {}", escape.context().place(entry.source(), escape.name("methods")), message));
    };
    const std::vector<std::string>& known = method_names();
    if (std::find(known.begin(), known.end(), method) == known.end())
      fail(fmt::format("unknown method \"{}\"; the nearest known one is \"{}\" (known: {})", method,
                       nearest_name(method, known), fmt::join(known, ", ")));
    if (const auto why = refusal(method, kind, barrier_known)) fail(*why);
    if (std::find(methods.begin(), methods.end(), method) != methods.end())
      fail(fmt::format("method \"{}\" is asked for twice", method));
    methods.push_back(method);
  }
  return methods;
}

/// Two escapes are not the same, nor do their fields take the same name in a result file ("a_b" to "c" and "a" to
/// "b_c").
void require_own_names(const CaseReader& escape, const CaseEscape& spec, const std::vector<CaseEscape>& others) {
  const auto name_of = [](const CaseEscape& one) { return one.from.value + "_" + one.to.value; };
  const auto region = [](const CaseEscape& one) { return one.where ? one.where->text() : ""; };
  for (const CaseEscape& other : others) {
    if (other.to.value == spec.to.value && region(other) != region(spec))
      escape.fail("to", fmt::format("\"{}\" is the name of the target at {} already: give this one another name",
                                    spec.to.value, other.to.place));
    if (other.from.value == spec.from.value && other.to.value == spec.to.value)
      escape.fail("from", fmt::format("the escape from \"{}\" to \"{}\" is asked for already, at {}", spec.from.value,
                                      spec.to.value, other.from.place));
    if (name_of(other) == name_of(spec))
      escape.fail("from", fmt::format("the fields of this escape and of that at {} would both be named \"{}\": "
                                      "rename a valley",
                                      other.from.place, name_of(spec)));
  }
}

}  // namespace

std::vector<CaseEscape> read_escapes(CaseReader& root, const Case& definition, const Parameters& parameters) {
  std::vector<CaseEscape> escapes;
  for (CaseReader& escape : root.tables("escape")) {
    CaseEscape spec;
    spec.from = {escape.required_text("from"), escape.place("from")};
    read_target(escape, definition, parameters, spec);
    spec.methods = read_methods(escape, definition, spec);
    escape.finish();
    if (spec.from.value == spec.to.value) escape.fail("to", "an escape leads from one valley to another one");
    if (definition.loss && (spec.from.value != definition.loss->valley || spec.to.value != "first_exit"))
      escape.fail("to", fmt::format("an escape in a loss leads from its valley \"{}\" to \"first_exit\"",
                                    definition.loss->valley));
    require_own_names(escape, spec, escapes);
    escapes.push_back(std::move(spec));
  }
  return escapes;
}

}  // namespace valleyflux
