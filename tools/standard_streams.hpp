#pragma once

#include <string>

namespace valleyflux {

/// Standard streams that were closed get descriptors of their own on which every write fails (a result file would take
/// their numbers otherwise, and what is printed would end up in it); a closed pipe and a file that reaches its limit
/// are errors of the write, not the end of the program.
void guard_standard_streams();

/// A line on the standard error stream; never throws.
void complain(const std::string& line) noexcept;

/// The exit status once all is written out: run_failed in the place of 0 if something that was printed is lost.
int status_of_streams(int status) noexcept;

}  // namespace valleyflux
