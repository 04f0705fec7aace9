#include "output/report/report_words.hpp"

#include "problems/methods.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace valleyflux {

namespace {

std::string end_of(const std::string& from, const std::string& to) {
  if (to == "any") return "the core of any other valley is reached";
  if (to == "first_exit") return fmt::format("the boundary of {} is first crossed", from);
  if (to.ends_with(".min") || to.ends_with(".max")) return fmt::format("the wall {} is reached", to);
  return fmt::format("the core of {} is reached", to);
}

std::string interval_of(MethodStage stage) {
  switch (stage) {
    case MethodStage::grid: return "error of the grids";
    case MethodStage::chain: return "error of the chain's grids";
    case MethodStage::particles: return "95 % interval";
    case MethodStage::closed_form: return "closed form: none";
  }
  return "";
}

/// "left -> right: text" is said of "left -> right"; texts without an arrow before the colon are said of the whole.
WarningGroup::Member split(const std::string& warning) {
  const std::size_t colon = warning.find(": ");
  if (colon == std::string::npos || warning.substr(0, colon).find(" -> ") == std::string::npos) return {"", warning};
  return {warning.substr(0, colon), warning.substr(colon + 2)};
}

/// The last parenthesis, if it ends the text; otherwise empty.
std::string parenthesis_of(const std::string& text) {
  const std::size_t open = text.rfind(" (");
  return open == std::string::npos || !text.ends_with(')') ? "" : text.substr(open);
}

}  // namespace

RateWords words_of(const std::string& from, const std::string& to, const std::string& method) {
  const auto& known = methods();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Method& one) { return one.name == method; });
  RateWords words{end_of(from, to), "", "", false};
  if (found == known.end()) return words;  // of another version of the program
  words.source = found->source;
  words.interval = interval_of(found->stage);
  words.theory = found->stage == MethodStage::closed_form;
  return words;
}

std::vector<WarningGroup> grouped(const std::vector<std::string>& warnings) {
  std::vector<WarningGroup> groups;
  for (const std::string& warning : warnings) {
    const WarningGroup::Member parts = split(warning);
    const std::string detail = parts.of.empty() ? "" : parenthesis_of(parts.detail);
    const std::string text = parts.detail.substr(0, parts.detail.size() - detail.size());
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const WarningGroup& group) {
      return group.text == text && group.members.empty() == parts.of.empty();
    });
    WarningGroup& group = found == groups.end() ? groups.emplace_back(WarningGroup{text, {}}) : *found;
    if (!parts.of.empty())
      group.members.push_back({parts.of, detail.empty() ? "" : detail.substr(2, detail.size() - 3)});
  }
  return groups;
}

}  // namespace valleyflux
