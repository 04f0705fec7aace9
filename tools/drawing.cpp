#include "tools/drawing.hpp"

#include "output/unfinished_file.hpp"
#include "problems/case/ready_files.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

extern char** environ;

namespace valleyflux {

namespace {

volatile std::sig_atomic_t noted = 0;

void note(int signal) {
  noted = signal;
}

/// Keeps signals that end the program waiting while it lives: another process writes the picture, and would write it
/// again after it was removed here. That one takes them as ever.
class HeldSignals {
 public:
  HeldSignals() {
    noted = 0;
    for (std::size_t k = 0; k < signals.size(); ++k) {
      before_[k] = std::signal(signals[k], note);
      if (before_[k] == SIG_IGN) std::signal(signals[k], SIG_IGN);
    }
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() {
    for (std::size_t k = 0; k < signals.size(); ++k) std::signal(signals[k], before_[k]);
    if (noted != 0) std::raise(noted);
  }

 private:
  static constexpr std::array<int, 3> signals{SIGINT, SIGTERM, SIGHUP};
  std::array<void (*)(int), 3> before_{};
};

/// Whether a program ran to a good end.
bool ran(std::vector<char*>& arguments) {
  const HeldSignals held;
  pid_t child = 0;
  if (posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0) return false;
  int status = 1;
  pid_t ended = -1;
  do ended = waitpid(child, &status, 0);
  while (ended < 0 && errno == EINTR);
  return ended == child && status == 0;
}

}  // namespace

bool draw_figure(const std::filesystem::path& json, const std::filesystem::path& picture) {
  const std::filesystem::path script = plot_script("plot_figure.py");
  UnfinishedFile drawing(picture, ".part.png");
  // Debian's own Python has matplotlib; another one on the path may lack it.
  std::vector<std::string> words{"/usr/bin/python3", script.string(), json.string(), "-o", drawing.path().string()};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  if (!script.empty() && ran(arguments)) {
    drawing.commit();
    return true;
  }
  complain(fmt::format("warning: {} is not drawn; later: /usr/bin/python3 tools/plot/plot_figure.py {} -o {}",
                       picture.string(), json.string(), picture.string()));
  return false;
}

}  // namespace valleyflux
