#pragma once

#include <string>

namespace valleyflux {

/// From now on the signals that end the program (SIGINT, SIGTERM, SIGHUP, where they are not ignored) remove its
/// unfinished files first.
void clean_up_on_signals();

/// What those signals print before they end the program; empty: nothing.
void set_last_words(const std::string& text);

/// Catches the interrupt signal (Ctrl-C) while it lives. Where the program listens (asked() was called after the last
/// deaf()), the first signal is remembered; where it does not, and the second time, the signal ends the program.
class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  /// Whether there was a signal. The program listens from now on.
  bool asked() const;
  /// Nobody asks from now on.
  void deaf() const;
};

}  // namespace valleyflux
