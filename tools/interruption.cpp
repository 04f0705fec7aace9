#include "tools/interruption.hpp"

#include <csignal>

namespace valleyflux {

namespace {

volatile std::sig_atomic_t listening = 0, signalled = 0;

void take(int signal) {
  if (listening && !signalled) {
    signalled = 1;
    return;
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

Interruption::Interruption() {
  listening = 0;
  signalled = 0;
  std::signal(SIGINT, take);
}

Interruption::~Interruption() {
  std::signal(SIGINT, SIG_DFL);
}

bool Interruption::asked() const {
  listening = 1;
  return signalled != 0;
}

void Interruption::deaf() const {
  listening = 0;
}

}  // namespace valleyflux
