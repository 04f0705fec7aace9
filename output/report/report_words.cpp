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

}  // namespace

RateWords words_of(const std::string& from, const std::string& to, const std::string& method) {
  const auto& known = methods();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Method& one) { return one.name == method; });
  RateWords words{end_of(from, to), "", "", "", false};
  if (found == known.end()) return words;  // of another version of the program
  words.definition = found->definition;
  words.source = found->source;
  words.interval = interval_of(found->stage);
  words.theory = found->stage == MethodStage::closed_form;
  return words;
}

}  // namespace valleyflux
