// The library's part of the benchmark suite (tools/benchmarks/suite.py): makes the problems with their verified
// answers, and times the library on them.
//   valleyflux_suite make passage CELLS KT FILE | make density|eigenvalue|line CELLS FILE
//   valleyflux_suite cells line|plane CELLS                     probabilities, one a line
//   valleyflux_suite exact passage NOISE | exact rate            mean time from -1 to 0.8, slowest rate at D = 0.2
//   valleyflux_suite run passage FILE elimination|multilevel | run density FILE TOLERANCE | run eigenvalue FILE
//   valleyflux_suite run line_passage CELLS NOISE | run particles NUMBER NOISE STEP
//   valleyflux_suite run line_cells|plane_cells|decision|slowest_rate CELLS

#include "tools/benchmarks/suite/library.hpp"
#include "tools/benchmarks/suite/problems.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Words = std::vector<std::string>;

void make(const Words& words) {
  const std::string& kind = words.at(1);
  const int n = std::stoi(words.at(2));
  if (kind == "passage") return suite::write_chain(words.at(4), suite::passage_chain(n, std::stod(words.at(3))));
  if (kind == "density") return suite::write_chain(words.at(3), suite::density_chain(n));
  if (kind == "eigenvalue") return suite::write_chain(words.at(3), suite::eigenvalue_chain(n));
  if (kind == "line") return suite::write_chain(words.at(3), suite::line_chain(n));
  throw std::invalid_argument("no problem is called " + kind);
}

void show_cells(const Words& words) {
  const int n = std::stoi(words.at(2));
  for (const double p : words.at(1) == "plane" ? suite::cells_in_plane(n) : suite::cells_on_line(n))
    std::printf("%.17g\n", p);
}

void show_exact(const Words& words) {
  const bool passage = words.at(1) == "passage";
  std::printf("%.17g\n", passage ? suite::exact_line_passage(std::stod(words.at(2))) : suite::exact_slowest_rate());
}

suite::Outcome run(const Words& words) {
  const std::string &kind = words.at(1), &given = words.at(2);
  if (kind == "passage") return suite::passage_of(suite::read_chain(given), words.at(3) == "multilevel");
  if (kind == "density") return suite::density_of(suite::read_chain(given), std::stod(words.at(3)));
  if (kind == "eigenvalue") return suite::eigenvalue_of(suite::read_chain(given));
  if (kind == "line_passage") return suite::line_passage(std::stoi(given), std::stod(words.at(3)));
  if (kind == "line_cells") return suite::line_cells(std::stoi(given));
  if (kind == "plane_cells") return suite::plane_cells(std::stoi(given));
  if (kind == "decision") return suite::decision_time(std::stoi(given));
  if (kind == "slowest_rate") return suite::slowest_rate(std::stoi(given));
  if (kind == "particles")
    return suite::particle_exits(std::stoi(given), std::stod(words.at(3)), std::stod(words.at(4)));
  throw std::invalid_argument("no problem is called " + kind);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const Words words(arguments + 1, arguments + count);
    if (words.at(0) == "make")
      make(words);
    else if (words.at(0) == "cells")
      show_cells(words);
    else if (words.at(0) == "exact")
      show_exact(words);
    else
      suite::tell(run(words));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "valleyflux_suite: %s\n", error.what());
    return 1;
  }
}
