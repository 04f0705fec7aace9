#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class FormatterBase;
}  // namespace CLI

namespace valleyflux {

/// What the command line says of itself, from which manual page and shell completion are made.

struct HelpOption {
  std::vector<std::string> names;  // "-o", "--output"; of a positional argument its name alone
  std::string value;               // what it takes: "FILE", or for flags nothing
  std::string description;
  bool positional = false, required = false;
};

struct HelpCommand {
  std::string name, description;
  std::vector<HelpOption> options;  // in the order of the help
};

struct ProgramHelp {
  HelpCommand program;  // its options before any command
  std::vector<HelpCommand> commands;
};

ProgramHelp help_of(const CLI::App& app);

/// What there is to say beside the options: title and text.
const std::vector<std::pair<std::string, std::string>>& help_sections();
/// The same as lines below the options.
std::string help_footer();

/// Prints --help in lines of terminal_columns.
std::shared_ptr<CLI::FormatterBase> terminal_help();

/// What the value of an option can be, by what it is called in the help: names that the program knows, and whether
/// files or folders can be meant, too.
struct PossibleValues {
  std::vector<std::string> words;
  bool files = false, folders = false;
};
PossibleValues possible_values(const std::string& value);

}  // namespace valleyflux
