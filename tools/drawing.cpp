#include "tools/drawing.hpp"

#include "output/unfinished_file.hpp"
#include "problems/case/ready_files.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>
#include <vector>

extern char** environ;

namespace valleyflux {

bool draw_figure(const std::filesystem::path& json, const std::filesystem::path& picture) {
  const std::filesystem::path script = plot_script("plot_figure.py");
  UnfinishedFile drawing(picture, ".part.png");
  // Debian's own Python has matplotlib; another one on the path may lack it.
  std::vector<std::string> words{"/usr/bin/python3", script.string(), json.string(), "-o", drawing.path().string()};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = 1;
  const bool ran = !script.empty() &&
                   posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) == 0 &&
                   waitpid(child, &status, 0) == child;
  if (ran && status == 0) {
    drawing.commit();
    return true;
  }
  complain(fmt::format("warning: {} is not drawn; later: /usr/bin/python3 tools/plot/plot_figure.py {} -o {}",
                       picture.string(), json.string(), picture.string()));
  return false;
}

}  // namespace valleyflux
