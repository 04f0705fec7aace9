#include "tools/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace valleyflux {

namespace {

/// Every one of `special` with a backslash before it.
std::string escaped(const std::string& text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

/// A word of bash and zsh, whatever is in it.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string joined(const std::vector<std::string>& words, const char* separator = " ") {
  return fmt::format("{}", fmt::join(words, separator));
}

std::vector<std::string> command_names(const ProgramHelp& help) {
  std::vector<std::string> names;
  for (const HelpCommand& command : help.commands) names.push_back(command.name);
  return names;
}

/// Of options alone, not of positional arguments.
std::vector<std::string> option_names(const HelpCommand& command) {
  std::vector<std::string> names;
  for (const HelpOption& option : command.options)
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

/// What compgen is asked for.
std::string bash_candidates(const PossibleValues& possible) {
  std::vector<std::string> arguments;
  if (!possible.words.empty()) arguments.push_back(fmt::format("-W {}", quoted(joined(possible.words))));
  if (possible.files) arguments.emplace_back("-f");
  if (possible.folders) arguments.emplace_back("-d");
  return joined(arguments);
}

std::string bash_case(const HelpCommand& command, const std::vector<std::string>& further) {
  std::string positional, by_option;
  for (const HelpOption& option : command.options) {
    const std::string candidates = bash_candidates(possible_values(option.value));
    if (option.positional)
      positional = candidates;
    else if (!option.value.empty())
      by_option += fmt::format("        {}) _valleyflux_offer {} ;;\n", joined(option.names, "|"), candidates);
  }
  std::vector<std::string> words = option_names(command);
  if (!further.empty()) positional = "-W " + quoted(joined(further));
  return fmt::format(
      "      case $previous in\n{}        *)\n          if [[ $current == -* ]]; then _valleyflux_offer -W {}\n"
      "          else _valleyflux_offer {}; fi ;;\n      esac ;;\n",
      by_option, quoted(joined(words)), positional);
}

std::string bash_script(const ProgramHelp& help) {
  const std::vector<std::string> commands = command_names(help);
  std::string script = fmt::format(R"(# Completion of valleyflux in bash, made by "valleyflux completion bash".
_valleyflux_offer() {{
  (($#)) || return 0
  mapfile -t COMPREPLY < <(compgen "$@" -- "$current")
  [[ " $* " == *" -f "* || " $* " == *" -d "* ]] && compopt -o filenames 2>/dev/null
  return 0
}}
_valleyflux() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command='' word
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in {}) command=$word && break ;; esac
  done
  case $command in
)",
                                   joined(commands, "|"));
  for (const HelpCommand& command : help.commands)
    script += fmt::format("    {})\n{}", command.name, bash_case(command, {}));
  return script +
         fmt::format("    *)\n{}  esac\n}}\ncomplete -F _valleyflux valleyflux\n", bash_case(help.program, commands));
}

std::string zsh_action(const PossibleValues& possible) {
  const std::string words = fmt::format("compadd -- {}", joined(possible.words));
  if (possible.folders) return "_files -/";
  if (possible.files) return possible.words.empty() ? "_files" : fmt::format("{{ {}; _files }}", words);
  return possible.words.empty() ? " " : fmt::format("{{ {} }}", words);
}

std::vector<std::string> zsh_arguments(const HelpCommand& command) {
  std::vector<std::string> arguments;
  int place = 0;
  for (const HelpOption& option : command.options) {
    const std::string action = zsh_action(possible_values(option.value));
    if (option.positional) {
      arguments.push_back(
          quoted(fmt::format("{}{}:{}:{}", ++place, option.required ? "" : ":", option.names[0], action)));
      continue;
    }
    const std::string value = option.value.empty() ? "" : fmt::format(":{}:{}", option.value, action);
    const std::string rest = fmt::format("[{}]{}", escaped(option.description, "[]:"), value);
    const bool repeatable = option.description.find("repeatable") != std::string::npos;
    for (const std::string& name : option.names)
      arguments.push_back(quoted((repeatable ? "*" : fmt::format("({})", joined(option.names))) + name + rest));
  }
  return arguments;
}

std::string zsh_script(const ProgramHelp& help) {
  std::string commands, cases;
  for (const HelpCommand& command : help.commands) {
    commands += fmt::format("        {}\n", quoted(command.name + ":" + escaped(command.description, ":")));
    cases += fmt::format("        {})\n          _arguments \\\n            {} ;;\n", command.name,
                         joined(zsh_arguments(command), " \\\n            "));
  }
  return fmt::format(R"(#compdef valleyflux
# Completion of valleyflux in zsh, made by "valleyflux completion zsh".
_valleyflux() {{
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \
    {} \
    '1:command:->command' \
    '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
{}      )
      _describe command commands ;;
    argument)
      case $words[1] in
{}      esac ;;
  esac
}}
# Loaded by fpath, or read by source.
if [[ $funcstack[1] == _valleyflux ]]; then _valleyflux "$@"; else compdef _valleyflux valleyflux; fi
)",
                     joined(zsh_arguments(help.program), " \\\n    "), commands, cases);
}

std::string fish_word(const std::string& text) {
  return "'" + escaped(text, "\\'") + "'";
}

std::string fish_lines(const HelpCommand& command, const std::string& condition) {
  std::string lines;
  for (const HelpOption& option : command.options) {
    const PossibleValues possible = possible_values(option.value);
    std::string words = joined(possible.words);
    if (possible.folders) words = "(__fish_complete_directories)";
    const std::string arguments = words.empty() ? "" : " -a " + fish_word(words);
    std::string line = fmt::format("complete -c valleyflux -n {}", fish_word(condition));
    if (option.positional) {
      line += possible.files ? " -F" : "";
    } else {
      for (const std::string& name : option.names)
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.value.empty()) line += possible.files ? " -r -F" : " -x";
      line += " -d " + fish_word(option.description);
    }
    lines += line + arguments + "\n";
  }
  return lines;
}

std::string fish_script(const ProgramHelp& help) {
  std::string script = "# Completion of valleyflux in fish, made by \"valleyflux completion fish\".\n";
  script += "complete -c valleyflux -f\n" + fish_lines(help.program, "__fish_use_subcommand");
  for (const HelpCommand& command : help.commands)
    script += fmt::format("complete -c valleyflux -n __fish_use_subcommand -a {} -d {}\n", command.name,
                          fish_word(command.description)) +
              fish_lines(command, "__fish_seen_subcommand_from " + command.name);
  return script;
}

}  // namespace

std::string completion_script(const ProgramHelp& help, const std::string& shell) {
  if (shell == "bash") return bash_script(help);
  if (shell == "zsh") return zsh_script(help);
  if (shell == "fish") return fish_script(help);
  throw std::invalid_argument(
      fmt::format("completion: error: there is none for \"{}\"; known are bash, zsh and fish", shell));
}

}  // namespace valleyflux
