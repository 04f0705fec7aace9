#include "tools/interruption.hpp"

#include "output/unfinished_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace valleyflux {

namespace {

volatile std::sig_atomic_t catching = 0, listening = 0, signalled = 0, words_size = 0;
std::array<char, 4096> words;

void end(int signal) {
  remove_unfinished_files();
  if (words_size > 0) write_fully(STDERR_FILENO, words.data(), static_cast<std::size_t>(words_size));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void take(int signal) {
  if (signal == SIGINT && catching && listening && !signalled)
    signalled = 1;
  else
    end(signal);
}

}  // namespace

void clean_up_on_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (std::signal(signal, take) == SIG_IGN) std::signal(signal, SIG_IGN);
}

void set_last_words(const std::string& text) {
  words_size = 0;
  const std::size_t size = std::min(text.size(), words.size());
  std::copy_n(text.data(), size, words.data());
  words_size = static_cast<std::sig_atomic_t>(size);
}

Interruption::Interruption() {
  if (catching == 0) {  // within another one, a signal counts for both
    listening = 0;
    signalled = 0;
  }
  catching = catching + 1;
}

Interruption::~Interruption() {
  catching = catching - 1;
}

bool Interruption::asked() const {
  listening = 1;
  return signalled != 0;
}

void Interruption::deaf() const {
  listening = 0;
}

}  // namespace valleyflux
