#include "tools/standard_streams.hpp"

#include "output/warning_text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

namespace valleyflux {

namespace {

/// Asked of the pipe itself: of an earlier write that failed the reason is no longer known.
bool reader_has_gone() noexcept {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

}  // namespace

void guard_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0) {
      // The lowest number that is free, which is this one; writing to it fails, as it would to a closed one.
      [[maybe_unused]] const int taken = ::open("/dev/null", O_RDONLY);
    }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void complain(const std::string& line) noexcept {
  try {
    std::fputs((::isatty(STDERR_FILENO) == 1 ? wrapped_between_words(line, 2) : line).c_str(), stderr);
  } catch (const std::bad_alloc&) {
    std::fputs(line.c_str(), stderr);
  }
  std::fputc('\n', stderr);
}

void complain_of(const std::vector<std::string>& warnings, bool verbose) {
  std::fflush(stdout);
  const std::string text = warnings_text(warnings, verbose);
  std::fputs(text.c_str(), stderr);
  if (!verbose && text != warnings_text(warnings, true)) complain("(--verbose shows each warning for itself)");
}

void complain_of(const std::vector<SweptWarnings>& values) {
  std::fflush(stdout);
  std::fputs(swept_warnings_text(values).c_str(), stderr);
}

int status_of_streams(int status) noexcept {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int reason = errno;
  if (!flushed || std::ferror(stdout) != 0) {
    if (reader_has_gone()) {
      std::signal(SIGPIPE, SIG_DFL);
      std::raise(SIGPIPE);
    }
    std::fprintf(stderr, "error: the standard output could not be written%s%s\n", reason ? ": " : "",
                 reason ? std::strerror(reason) : "");
    return status == 0 ? 1 : status;
  }
  if (std::ferror(stderr) != 0 && status == 0) return 1;
  return status;
}

}  // namespace valleyflux
