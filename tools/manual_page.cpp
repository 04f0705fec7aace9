#include "tools/manual_page.hpp"

#include "output/version.hpp"
#include "problems/case/ready_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace valleyflux {

namespace {

/// Text as roff prints it: a hyphen that can be copied, and no line that is taken for a request.
std::string shown(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '-')
      result += "\\-";
    else if (c == '\\')
      result += "\\e";
    else
      result += c;
  }
  return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

std::string bold(const std::string& text) {
  return fmt::format("\\fB{}\\fR", shown(text));
}
std::string italic(const std::string& text) {
  return fmt::format("\\fI{}\\fR", shown(text));
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

/// "CASE", "[NAME]"
std::string arguments_of(const HelpCommand& command) {
  std::string arguments;
  for (const HelpOption& option : command.options)
    if (option.positional)
      arguments += option.required ? " " + italic(option.value) : fmt::format(" [{}]", italic(option.value));
  return arguments;
}

std::string paragraphs_of(const HelpCommand& command) {
  std::string text;
  for (const HelpOption& option : command.options) {
    std::vector<std::string> names;
    for (const std::string& name : option.names) names.push_back(bold(name));
    const std::string head = option.positional ? italic(option.value) : fmt::format("{}", fmt::join(names, ", "));
    const std::string value = option.positional || option.value.empty() ? "" : " " + italic(option.value);
    text += fmt::format(".TP\n{}{}\n{}\n", head, value, shown(option.description));
  }
  return text;
}

}  // namespace

std::string manual_page(const ProgramHelp& help) {
  const std::string& name = help.program.name;
  std::string page = fmt::format(".\\\" Made by \"{0} man\".\n.TH {1} 1 \"\" \"{0} {2}\" \"User Commands\"\n", name,
                                 upper(name), version());
  page += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n", name, shown(help.program.description));
  for (const HelpCommand& command : help.commands) {
    const bool options = std::any_of(command.options.begin(), command.options.end(),
                                     [](const HelpOption& option) { return !option.positional; });
    page +=
        fmt::format("{}{} {}{}{}\n", &command == &help.commands.front() ? "" : ".br\n", bold(name), bold(command.name),
                    arguments_of(command), options ? fmt::format(" [{}]...", italic("OPTION")) : "");
  }
  page += ".SH OPTIONS\n" + paragraphs_of(help.program) + ".SH COMMANDS\n";
  for (const HelpCommand& command : help.commands)
    page += fmt::format(".SS {}{}\n{}\n{}", command.name, arguments_of(command), shown(command.description),
                        paragraphs_of(command));
  page += ".SH READY CASES\n";
  for (const std::string& ready : ready_cases())
    page += fmt::format(".TP\n{}\n{}\n", bold(ready), shown(title_of(ready_case(ready))));
  page += ".SH FIGURES\n";
  for (const std::string& figure : ready_figures())
    page += fmt::format(".TP\n{}\n{}\n", bold(figure), shown(title_of(ready_figure(figure))));
  for (const auto& [title, text] : help_sections()) page += fmt::format(".SH {}\n{}\n", upper(title), shown(text));
  return page;
}

}  // namespace valleyflux
