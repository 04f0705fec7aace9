#pragma once

#include "output/terminal_text.hpp"
#include "output/warning_text.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// Standard streams that were closed get descriptors of their own on which every write fails (a result file would take
/// their numbers otherwise, and what is printed would end up in it); a closed pipe and a file that reaches its limit
/// are errors of the write, not the end of the program.
void guard_standard_streams();

/// Writes to the standard output, as fmt::print does, but goes on where that fails: a run is to finish its files
/// whether or not somebody reads along. What is lost counts in the end.
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  const std::string text = fmt::format(format, std::forward<Args>(args)...);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

/// The same in lines of 80 columns, of which those that had to be broken go on indented.
template <class... Args>
void say_wrapped(fmt::format_string<Args...> format, Args&&... args) {
  say("{}", wrapped(fmt::format(format, std::forward<Args>(args)...), 2));
}

/// A line on the standard error stream; never throws. On a terminal it is broken between words into lines of 80
/// columns; elsewhere it stays one line, for grep and for editors.
void complain(const std::string& line) noexcept;

/// Warnings (warning_text.hpp) on the standard error stream, after all that was said so far.
void complain_of(const std::vector<std::string>& warnings, bool verbose = false);
void complain_of(const std::vector<SweptWarnings>& values);

/// The exit status once all is written out: run_failed in the place of 0 if something that was printed is lost. Where
/// whoever read the standard output has gone (head, that has its lines) nobody is to hear of it: the program ends by
/// SIGPIPE, as others do.
int status_of_streams(int status) noexcept;

}  // namespace valleyflux
