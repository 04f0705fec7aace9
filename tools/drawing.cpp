#include "tools/drawing.hpp"

#include "output/progress.hpp"
#include "output/unfinished_file.hpp"
#include "problems/case/ready_files.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <utility>
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

/// The exit status of a program; 1 where it did not end by itself.
int status_of(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const HeldSignals held;
  pid_t child = 0;
  if (posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0) return 1;
  int status = 1;
  pid_t ended = -1;
  do ended = waitpid(child, &status, 0);
  while (ended < 0 && errno == EINTR);
  return ended == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

std::string fault_of_picture(const std::filesystem::path& picture) {
  for (const char* format : picture_formats)
    if (picture.extension() == std::string(".") + format) return {};
  return fmt::format("the name of a picture ends in .{}, which says its format (got {})",
                     fmt::join(picture_formats, ", ."), picture.string());
}

int draw(const std::filesystem::path& data, const std::filesystem::path& picture, const std::string& panels,
         bool quiet) {
  const std::filesystem::path program = plot_program();
  if (program.empty()) {
    complain("error: the Python program that draws (tools/plot) is not installed");
    return 1;
  }
  UnfinishedFile drawing(picture, ".part" + picture.extension().string());
  // Debian's own Python has matplotlib; another one on the path may lack it.
  std::vector<std::string> words{"/usr/bin/python3", "-B", program.string(),
                                 data.string(),      "-o", drawing.path().string()};
  if (!panels.empty()) words.insert(words.end(), {"--panels", panels});
  std::optional<Progress> progress(std::in_place, !quiet, "valleyflux");
  progress->update(std::nullopt, "drawing");
  const int status = status_of(std::move(words));
  progress.reset();
  if (status == 0) drawing.commit();
  return status;
}

std::string not_drawn(const std::filesystem::path& data, const std::filesystem::path& picture) {
  return fmt::format("warning: {0} is not drawn, but {1} is written: valleyflux plot {1} -o {0} draws it",
                     picture.string(), data.string());
}

bool draw_figure(const std::filesystem::path& json, const std::filesystem::path& picture, bool quiet) {
  if (draw(json, picture, "", quiet) == 0) return true;
  complain(not_drawn(json, picture));
  return false;
}

}  // namespace valleyflux
