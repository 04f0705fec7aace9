#include "output/figure_result.hpp"

#include <fmt/format.h>

#include <utility>

namespace valleyflux {

namespace {

std::string of_seeds(std::size_t count, std::size_t all) {
  return fmt::format("{} of {} seeds", count, all);
}

std::string repeated(std::size_t count, std::size_t all) {
  return count > 0 ? fmt::format("; {} repeat others and are not counted", of_seeds(count, all)) : "";
}

std::string what_is_counted(const ClaimCounts& counts) {
  const std::size_t different = counts.seeds - counts.repeated;
  std::string text = repeated(counts.repeated, counts.seeds);
  if (counts.known > 0 && counts.known < different)
    text += "; three rates are known for " + of_seeds(counts.known, different);
  if (counts.unseen > 0)
    text += fmt::format("; no escape seen at {} of {} values", counts.unseen, counts.unseen + counts.seen);
  if (counts.not_exponential > 0)
    text += fmt::format("; times not exponential at {} of {} values", counts.not_exponential, counts.seen);
  return text;
}

std::string verdict_text(Claim claim, const ClaimJudgement& judgement) {
  if (!judgement.verdict) return "undecided: fewer than three rates are known";
  std::string text(verdict_name(*judgement.verdict));
  if (claim == Claim::rate_value && judgement.verdict == Verdict::holds && !judgement.proportional)
    text = "rises, but not in proportion";
  if (const auto& law = judgement.power_law)
    text += fmt::format(": rate ~ value^p comes nearer, p = {:.3g} {} (chance of the scatter {:.1g})", law->power.value,
                        shown_interval(law->power.low, law->power.high), law->p_value);
  if (judgement.pooled) text += "; holds alone for " + of_seeds(judgement.counts.alone, judgement.counts.known);
  return text;
}

}  // namespace

std::string shown_interval(double low, double high) {
  return fmt::format("[{:.4g}, {:.4g}]", low, high);
}

void judge_panel(Claim claim, PanelResult& result) {
  if (!result.covariances.empty()) {
    const CovarianceJudgement judgement = judge_covariances(result.covariances);
    result.pooled_correlation = judgement.correlation;
    result.pooled_factor = judgement.factor;
    const std::optional<bool> holds = judgement.holds();
    result.verdict = !holds ? "undecided" : *holds ? "holds" : "does not hold";
    result.verdict += repeated(judgement.repeated, result.covariances.size());
    return;
  }
  ClaimJudgement judgement = judge_claim(claim, result.points);
  result.verdict = verdict_text(claim, judgement) + what_is_counted(judgement.counts);
  result.relations = std::move(judgement.relations);
  result.pooled = judgement.pooled;
  result.others = std::move(judgement.others);
}

}  // namespace valleyflux
