#include "tools/benchmarks/coverage/kinds.hpp"
#include "tools/benchmarks/coverage/summary.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace valleyflux::coverage;

TEST_SUITE("slow") {
  TEST_CASE("intervals hold the truth on grids chosen badly by chance") {
    constexpr std::uint64_t seed = 2026;
    constexpr double wanted = 1e-3;
    // The other kinds of the plane and those of particles take minutes: coverage_benchmark holds them.
    for (const auto& [kind, problems] :
         {std::pair<std::string, int>{"line", 30}, {"ring", 15}, {"vanishing", 20}, {"chain", 10}, {"disc", 10}}) {
      std::vector<JudgedCase> cases;
      for (int number = 0; number < problems; ++number) {
        cases.push_back(judge(make_case(kind, seed, number)));
        const JudgedCase& judged = cases.back();
        const std::string text = as_case_file(judged);
        for (const Judgement& row : judged.rows) CHECK_MESSAGE(!silent_miss(row), text);
        CHECK_MESSAGE(!judged.died, text);
      }
      const Summary summary = summarised(kind, cases, "", wanted);
      constexpr double least = 0.97;
      const std::string table = summary_head() + summary_line(summary);
      CHECK_MESSAGE(summary.share_inside() >= least, table);
    }
  }

  TEST_CASE("intervals that once missed the truth hold it") {
    // A graded axis whose cells are wide in the valley; a valley whose stationary probability is 1e-312.
    for (const int number : {15, 88}) {
      const JudgedCase judged = judge(make_case("line", 51, number));
      const std::string text = as_case_file(judged);
      CHECK_MESSAGE(!judged.died, text);
      for (const Judgement& row : judged.rows) CHECK_MESSAGE((row.inside && !row.warned), text);
    }
    // Grids of 18 to 74 cells whose differences look like an order of 2 twice, by accident; eigenvalues that agree on
    // what is wrong by 38 decades, which have no rate now.
    for (const int number : {154, 60}) {
      const JudgedCase judged = judge(make_case("ornstein_uhlenbeck", 81, number));
      const std::string text = as_case_file(judged);
      CHECK_MESSAGE(!judged.died, text);
      for (const Judgement& row : judged.rows) CHECK_MESSAGE((row.answered ? row.inside : row.warned), text);
    }
  }
}
