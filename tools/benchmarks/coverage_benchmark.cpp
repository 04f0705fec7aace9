// How often intervals hold the truth: random problems with known answers, solved as `valleyflux run` solves them, on
// grids chosen badly by chance.
//   coverage_benchmark --problems 200 --kinds line,separable --save misses
//   coverage_benchmark --show line:17 > case.toml

#include "tools/benchmarks/coverage/kinds.hpp"
#include "tools/benchmarks/coverage/summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <omp.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

namespace {

using namespace valleyflux::coverage;

struct Arguments {
  int problems = 100, first = 0, jobs = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> kinds = kind_names();
  double wanted = 1e-3;
  std::filesystem::path save;
  bool every = false, misses = false, trace = false, unsolved = false;
  std::string show;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--problems", arguments.problems, "Problems of each kind");
  app.add_option("--first", arguments.first, "Number of the first of them");
  app.add_option("--seed", arguments.seed, "Of all random numbers");
  app.add_option("--kinds", arguments.kinds, fmt::format("Of {}", fmt::join(kind_names(), ", ")))
      ->delimiter(',')
      ->check(CLI::IsMember(kind_names()));
  app.add_option("--wanted", arguments.wanted,
                 "Relative accuracy that the cases ask for: a false warning is one of an "
                 "error below a tenth of it");
  app.add_option("--jobs", arguments.jobs, "Problems at a time, by one thread each")->check(CLI::PositiveNumber);
  app.add_option("--save", arguments.save, "Folder for every miss, death and row without a rate, as case files");
  app.add_flag("--every", arguments.every, "Save all problems");
  app.add_flag("--misses", arguments.misses, "Tell of every row whose interval does not hold the truth");
  app.add_flag("--trace", arguments.trace, "Tell each problem's number before it is solved");
  app.add_option("--show", arguments.show, "KIND:NUMBER: solve this problem alone and print it as a case file");
  app.add_flag("--unsolved", arguments.unsolved, "Print it without solving it");
}

bool missed(const JudgedCase& judged) {
  return judged.died || std::any_of(judged.rows.begin(), judged.rows.end(),
                                    [](const Judgement& row) { return !row.claims() || !row.inside; });
}

void tell(const JudgedCase& judged) {
  const std::string name = fmt::format("{}:{}", judged.problem.kind, judged.problem.number);
  if (judged.died) fmt::print("{}: died: {}\n", name, *judged.died);
  for (const Judgement& row : judged.rows)
    if (row.claims() && !row.inside)
      fmt::print("{}: {} -> {} by {}: right {:.6g}, found {:.6g} in [{:.6g}, {:.6g}], {:.3g} half-widths{}\n", name,
                 row.truth.from, row.truth.to, row.truth.method, std::exp(row.truth.log_rate), row.rate, row.low,
                 row.high, row.excess(), row.warned ? ", warned" : "");
}

void save(const JudgedCase& judged, const std::filesystem::path& folder, std::uint64_t seed) {
  const auto path = folder / fmt::format("{}_{}_{}.toml", judged.problem.kind, seed, judged.problem.number);
  std::ofstream file(path);
  file << as_case_file(judged);
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::vector<JudgedCase> judged_kind(const std::string& kind, const Arguments& arguments) {
  std::vector<JudgedCase> cases(static_cast<std::size_t>(arguments.problems));
  std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic) num_threads(arguments.jobs)
  for (int k = 0; k < arguments.problems; ++k) {
    try {
      const int number = arguments.first + k;
      if (arguments.trace) fmt::print(stderr, "{}:{}\n", kind, number);
      cases[static_cast<std::size_t>(k)] = judge(make_case(kind, arguments.seed, number));
    } catch (...) {
#pragma omp critical
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
  return cases;
}

void run(const Arguments& arguments) {
  omp_set_max_active_levels(1);
  omp_set_num_threads(1);
  if (!arguments.show.empty()) {
    const auto colon = arguments.show.find(':');
    if (colon == std::string::npos) throw std::invalid_argument("--show takes KIND:NUMBER");
    const int number = std::stoi(arguments.show.substr(colon + 1));
    const CoveredCase shown = make_case(arguments.show.substr(0, colon), arguments.seed, number);
    fmt::print("{}", arguments.unsolved ? shown.toml : as_case_file(judge(shown)));
    return;
  }
  if (!arguments.save.empty()) std::filesystem::create_directories(arguments.save);
  std::string table = summary_head();
  std::vector<JudgedCase> all;
  for (const std::string& kind : arguments.kinds) {
    const std::vector<JudgedCase> cases = judged_kind(kind, arguments);
    for (const JudgedCase& judged : cases) {
      if (arguments.misses) tell(judged);
      if (!arguments.save.empty() && (arguments.every || missed(judged))) save(judged, arguments.save, arguments.seed);
    }
    table += summary_line(summarised(kind, cases, "", arguments.wanted));
    std::set<std::string> methods;
    for (const JudgedCase& judged : cases)
      for (const Judgement& row : judged.rows) methods.insert(row.truth.method);
    if (methods.size() > 1)
      for (const std::string& method : methods)
        table += summary_line(summarised(kind + " by " + method, cases, method, arguments.wanted));
    all.insert(all.end(), cases.begin(), cases.end());
  }
  if (arguments.kinds.size() > 1) table += summary_line(summarised("all", all, "", arguments.wanted));
  fmt::print("{}", table);
}

}  // namespace

int main(int count, char** values) {
  try {
    CLI::App app("Share of intervals that hold the truth, over random problems with known answers");
    Arguments arguments;
    add_options(app, arguments);
    CLI11_PARSE(app, count, values);
    run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}
