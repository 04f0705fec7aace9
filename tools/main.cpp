#include "output/version.hpp"
#include "problems/case/nearest_name.hpp"
#include "tools/commands.hpp"
#include "tools/completion.hpp"
#include "tools/drawing.hpp"
#include "tools/interruption.hpp"
#include "tools/manual_page.hpp"
#include "tools/program_environment.hpp"
#include "tools/program_help.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>
#include <omp.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int run_failed = 1, wrong_input = 2;

/// A number of threads in the environment over which LLVM's OpenMP ends the program as soon as it is asked anything:
/// taken out of it before that, and told; 0 if there is none, or one beyond int, of which GNU's takes no notice.
int unbearable_threads() {
  constexpr unsigned long long bearable = 100000;
  const char* const text = std::getenv("OMP_NUM_THREADS");
  if (!text || *text == '-') return 0;
  const unsigned long long asked = std::strtoull(text, nullptr, 10);
  if (asked <= bearable) return 0;
  unsetenv("OMP_NUM_THREADS");
  return asked < INT_MAX ? static_cast<int>(asked) : 0;
}

/// Many more threads than processors help nobody, and thousands cannot be started: OpenMP would end the program.
void require_possible_threads(int asked) {
  const int unbearable = unbearable_threads();
  constexpr int always_allowed = 64;
  const int most = std::max(always_allowed, omp_get_num_procs());
  const int threads = asked > 0 ? asked : unbearable > 0 ? unbearable : omp_get_max_threads();
  if (threads > most)
    throw std::invalid_argument(fmt::format("{}: error: at most {} threads are possible here (got {})",
                                            asked > 0 ? "--threads" : "OMP_NUM_THREADS", most, threads));
  omp_set_num_threads(threads);
}

/// What is wrong with a command line. CLI11 does not name a command that it does not know.
std::string fault_of(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(command->get_name());
  if (first.empty()) return fmt::format("a command is missing: {}", fmt::join(commands, ", "));
  if (app.get_subcommands().empty())
    return first.starts_with("-") ? fmt::format("unknown option {}", first)
                                  : fmt::format("there is no command \"{}\"; the nearest is \"{}\"", first,
                                                valleyflux::nearest_name(first, commands));
  return error.what();
}

int run_program(int argc, char** argv) {
  using namespace valleyflux;
  H5dont_atexit();  // its clean-up at exit crashes after a write that failed (a full disk)
  CLI::App app{"escape from the valleys of a landscape, by the Fokker-Planck equation", "valleyflux"};
  app.formatter(terminal_help());
  app.footer(help_footer());
  app.set_version_flag("--version", *commit() ? fmt::format("valleyflux {} ({})", version(), commit())
                                              : fmt::format("valleyflux {}", version()));
  app.require_subcommand(1);

  RunArguments arguments;
  int threads = 0;
  std::string name, file;
  const auto threads_option = [&](CLI::App* command) {
    command->add_option("--threads", threads, "number of threads (default: all)")
        ->type_name("N")
        ->check(CLI::Range(1, 1000000));
  };
  const auto not_empty = [](const std::string& given) {
    return std::string(given.empty() ? "it must not be empty" : "");
  };
  const auto output_option = [&](CLI::App* command, std::string& output, const char* type, const std::string& meaning) {
    command->add_option("-o,--output", output, meaning)->type_name(type)->check(not_empty);
  };
  const auto case_options = [&](CLI::App* command) {
    command->add_option("case", arguments.name, "case file, or the name of a ready case")
        ->type_name("CASE")
        ->required();
    command->add_option("--set", arguments.overrides, "override a key: table.key=value (repeatable)")
        ->type_name("KEY=VALUE")
        ->expected(1)
        ->take_all();
    threads_option(command);
  };
  const auto picture_check = [](const std::string& given) { return fault_of_picture(given); };
  const auto plot_option = [&](CLI::App* command) {
    command->add_option("--plot", arguments.plot, "draw what was found, into a file that ends in .png, .svg or .pdf")
        ->type_name("FILE")
        ->check(picture_check);
  };
  const auto panels_option = [&](CLI::App* command) {
    return command
        ->add_option("--panels", arguments.panels,
                     "what is drawn, such as landscape,density,committor:left-right,rates (a name that is not there is "
                     "answered with all that are)")
        ->type_name("NAMES");
  };
  CLI::App* run = app.add_subcommand("run", "solve a case and write its result");
  case_options(run);
  output_option(run, arguments.output, "FILE", "result file (default: the case's name with .h5)");
  run->add_flag("--resume", arguments.resume, "go on with an evolution that was interrupted, from its last frame");
  plot_option(run);
  panels_option(run)->needs("--plot");
  run->add_option("--report", arguments.report, "make one HTML page of the result as well")
      ->type_name("FILE")
      ->check(not_empty);
  run->add_flag("--json", arguments.json, "print the results as JSON");
  run->add_flag("--quiet", arguments.quiet, "print nothing but warnings and errors");
  const char* verbose_help = "print every warning for itself, those that are alike too";
  run->add_flag("--verbose", arguments.verbose, verbose_help);
  run->add_flag("--timings", arguments.timings,
                "tell on standard error what each stage takes: time, processor time, peak memory");
  SweepArguments sweep_arguments;
  CLI::App* sweep = app.add_subcommand("sweep", "solve a case at many values of one key or two");
  case_options(sweep);
  sweep
      ->add_option("--vary", sweep_arguments.vary,
                   "what to vary: table.key=first:last:count[:log] (repeatable, for two keys)")
      ->type_name("KEY=VALUES")
      ->expected(1)
      ->take_all();
  output_option(sweep, arguments.output, "FILE",
                "table of the rates, continued if it is there (default: the case's name with _sweep.csv)");
  plot_option(sweep);
  sweep->add_flag("--json", arguments.json, "print rates and fits as JSON");
  sweep->add_flag("--quiet", arguments.quiet, "print nothing but warnings and errors");
  sweep->add_flag("--verbose", arguments.verbose, verbose_help);
  sweep->add_flag("--fits", sweep_arguments.fits, "print the fits of -log(rate) as well");
  ReproduceArguments figure;
  CLI::App* reproduce = app.add_subcommand("reproduce", "the experiments of Xie, Sato & Sugiyama (2020), judged");
  reproduce->add_option("figure", figure.name, "fig1 ... fig12, all, or a figure file")
      ->type_name("FIGURE")
      ->required();
  reproduce->add_flag("--quick", figure.quick, "fewer repetitions and smaller data: below a minute");
  reproduce->add_option("--set", figure.overrides, "override a key in every panel: table.key=value (repeatable)")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  reproduce->add_option("--data", figure.data, "folder of the data sets themselves, in place of small stand-ins")
      ->type_name("FOLDER")
      ->check(CLI::ExistingDirectory);
  output_option(reproduce, figure.output, "FOLDER", "folder of tables and pictures (default: figures)");
  reproduce->add_option("--format", figure.format, "of the pictures: png, svg or pdf (default: png)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember(std::vector<std::string>{picture_formats.begin(), picture_formats.end()}));
  reproduce->add_option("--seeds", figure.seeds, "seeds of data, start and minibatches for each panel")
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
  threads_option(reproduce);
  reproduce->add_flag("--json", figure.json, "print the results as JSON");
  reproduce->add_flag("--quiet", figure.quiet, "print nothing but warnings and errors");
  CLI::App* check = app.add_subcommand("check", "read a case and report what it holds, without solving it");
  case_options(check);
  CLI::App* list =
      app.add_subcommand("list", "built-in landscapes, ready cases, figures and methods, or the definition of one");
  list->add_option("name", name, "of a built-in landscape, a ready case, a figure or a method")->type_name("NAME");
  CLI::App* info = app.add_subcommand("info", "what a result file holds");
  info->add_option("file", file, "result file (.h5)")->type_name("FILE")->required();
  CLI::App* report = app.add_subcommand("report", "make one HTML page of a result, which needs no network");
  report->add_option("file", file, "result file (.h5)")->type_name("FILE")->required();
  output_option(report, arguments.output, "FILE", "the page (default: beside the result, its name with .html)");
  CLI::App* plot = app.add_subcommand("plot", "draw a result, the table of a sweep or a figure's JSON file");
  plot->add_option("file", file, "written by run (.h5), sweep (.csv) or reproduce (.json)")
      ->type_name("FILE")
      ->required();
  plot->add_option("-o,--output", arguments.plot, "picture: .png, .svg or .pdf (default: beside the file, as .png)")
      ->type_name("FILE")
      ->check(picture_check);
  panels_option(plot);
  CLI::App* completion = app.add_subcommand("completion", "print the script that completes a shell's command lines");
  completion->add_option("shell", name, "bash, zsh or fish")->type_name("SHELL")->required();
  CLI::App* manual = app.add_subcommand("man", "print the manual page, for man(1)");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // help and version
    complain(fmt::format("error: {}; valleyflux --help says more", fault_of(app, error, argc, argv)));
    return wrong_input;
  }
  for (int k = 0; k < argc; ++k)
    if (const std::string word = argv[k]; word != "--resume") arguments.command += (k ? " " : "") + word;

  try {
    require_possible_threads(threads);
    if (run->parsed()) return run_command(arguments);
    sweep_arguments.run = arguments;
    if (sweep->parsed()) return sweep_command(sweep_arguments);
    if (reproduce->parsed()) return reproduce_command(figure);
    if (check->parsed()) return check_command(arguments.name, arguments.overrides);
    if (list->parsed()) return list_command(name);
    if (plot->parsed()) return plot_command(file, arguments.plot, arguments.panels);
    if (completion->parsed() || manual->parsed()) {
      say("{}", manual->parsed() ? manual_page(help_of(app)) : completion_script(help_of(app), name));
      return 0;
    }
    if (report->parsed()) return report_command(file, arguments.output);
    return info_command(file);
  } catch (const std::invalid_argument& error) {
    const std::string fault = error.what();
    complain(fault.find("error: ") == std::string::npos ? "error: " + fault : fault);
    return wrong_input;
  } catch (const std::bad_alloc&) {
    complain("error: the memory does not suffice");
    return run_failed;
  } catch (const std::exception& error) {
    complain(std::string("error: ") + error.what());
    return run_failed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  valleyflux::set_program_environment(argv);
  valleyflux::guard_standard_streams();
  valleyflux::clean_up_on_signals();
  return valleyflux::status_of_streams(run_program(argc, argv));
}
