#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

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

/// A line on the standard error stream; never throws.
void complain(const std::string& line) noexcept;

/// The exit status once all is written out: run_failed in the place of 0 if something that was printed is lost. Where
/// whoever read the standard output has gone (head, that has its lines) nobody is to hear of it: the program ends by
/// SIGPIPE, as others do.
int status_of_streams(int status) noexcept;

}  // namespace valleyflux
