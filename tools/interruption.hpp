#pragma once

namespace valleyflux {

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
