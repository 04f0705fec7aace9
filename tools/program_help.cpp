#include "tools/program_help.hpp"

#include "output/terminal_text.hpp"
#include "problems/case/ready_files.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/methods.hpp"
#include "tools/drawing.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace valleyflux {

namespace {

HelpOption help_of(const CLI::Option& option) {
  HelpOption help;
  help.positional = option.get_positional();
  help.required = option.get_required();
  help.description = option.get_description();
  if (help.positional) {
    help.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) help.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) help.names.push_back("--" + name);
  }
  // Behind a colon: what is checked.
  if (option.get_items_expected_max() > 0)
    help.value = option.get_type_name().substr(0, option.get_type_name().find(':'));
  return help;
}

HelpCommand help_of_command(const CLI::App& app) {
  HelpCommand help{app.get_name(), app.get_description(), {}};
  for (const CLI::Option* option : app.get_options()) help.options.push_back(help_of(*option));
  return help;
}

/// Those that are not among them already: a landscape and a ready case may share a name.
void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  for (const std::string& word : more)
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

/// CLI11's help, its descriptions in lines that a terminal holds.
class TerminalHelp : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override {
    return beside_names(Formatter::make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* command) const override {
    std::ostringstream text;
    CLI::detail::format_help(text, command->get_display_name(true), beside_names(command->get_description()),
                             get_column_width());
    return text.str();
  }

 private:
  std::string beside_names(const std::string& description) const {
    return wrapped(description, 0, terminal_columns - get_column_width());
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> terminal_help() {
  return std::make_shared<TerminalHelp>();
}

ProgramHelp help_of(const CLI::App& app) {
  ProgramHelp help{help_of_command(app), {}};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    help.commands.push_back(help_of_command(*command));
  return help;
}

const std::vector<std::pair<std::string, std::string>>& help_sections() {
  static const std::vector<std::pair<std::string, std::string>> sections{
      {"Exit status",
       "0: done; 1: the run failed; 2: the input is wrong; 130: interrupted by Ctrl-C; "
       "141: whoever reads the output has gone."},
      {"Environment",
       "VALLEYFLUX_DATA: a folder with ready cases (cases) and figures (cases/figures), in place of those that come "
       "with the program. OMP_NUM_THREADS: the number of threads where --threads is not given."}};
  return sections;
}

std::string help_footer() {
  std::string footer;
  for (const auto& [title, text] : help_sections())
    footer += (footer.empty() ? "" : "\n") + wrapped(fmt::format("{}: {}", title, text), 4);
  return footer;
}

PossibleValues possible_values(const std::string& value) {
  PossibleValues possible;
  if (value == "FORMAT") possible.words = {picture_formats.begin(), picture_formats.end()};
  if (value == "SHELL") possible.words = {"bash", "zsh", "fish"};
  if (value == "CASE" || value == "NAME") append(possible.words, ready_cases());
  if (value == "FIGURE") possible.words.emplace_back("all");
  if (value == "FIGURE" || value == "NAME") append(possible.words, ready_figures());
  if (value == "NAME") {
    for (const BuiltIn& definition : built_ins()) append(possible.words, {definition.name});
    for (const Method& method : methods()) append(possible.words, {method.name});
  }
  possible.files = value == "CASE" || value == "FIGURE" || value == "FILE";
  possible.folders = value == "FOLDER";
  return possible;
}

}  // namespace valleyflux
