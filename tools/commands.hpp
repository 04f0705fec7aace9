#pragma once

#include "problems/case/case_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace valleyflux {

/// The subcommands of the program; each returns its exit status and throws what goes wrong (CaseError and
/// std::invalid_argument: the input is wrong; others: the run failed).

struct RunArguments {
  std::string name;  // of a file or a ready case
  std::string output;
  Overrides overrides;
  bool json = false, quiet = false;
  bool verbose = false;      // every warning for itself
  bool timings = false;      // of run: what each stage takes
  bool resume = false;       // of run
  std::string plot, panels;  // a picture, and what is in it; empty: none, and what says most
  std::string report;        // page of run; empty: none
  std::string command;       // as typed but for --resume, for the record
};

struct SweepArguments {
  RunArguments run;
  std::vector<std::string> vary;  // "table.key=first:last:count[:log]"; none: those of the case's [sweep]
  bool fits = false;              // printed
};

struct ReproduceArguments {
  std::string name;    // of a ready figure or a figure file, or "all"
  std::string output;  // folder
  std::string data;    // folder of the user's files; empty: the stand-ins that come with the program
  Overrides overrides;
  int seeds = 0;               // of every panel; 0: as many as the figure says, fewer of a quick run
  std::string format = "png";  // of pictures
  bool quick = false, json = false, quiet = false;
};

int run_command(const RunArguments& arguments);
int sweep_command(const SweepArguments& arguments);
int reproduce_command(const ReproduceArguments& arguments);
int check_command(const std::string& name, const Overrides& overrides);
int list_command(const std::string& name);
int info_command(const std::filesystem::path& file);
int report_command(const std::filesystem::path& file, const std::string& page);
/// picture: beside the file if empty.
int plot_command(const std::filesystem::path& file, std::filesystem::path picture, const std::string& panels);

/// The case of a file, or of a ready case of that name; says on a terminal, unless quiet, what takes longer than a
/// second. Throws CaseError if there is neither.
Case case_named(const std::string& name, const Overrides& overrides, bool quiet = false);

}  // namespace valleyflux
