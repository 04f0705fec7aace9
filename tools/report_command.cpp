#include "output/progress.hpp"
#include "output/report/report_page.hpp"
#include "tools/commands.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>

namespace valleyflux {

int report_command(const std::filesystem::path& file, const std::string& page) {
  const std::filesystem::path target = page.empty() ? report_path(file) : std::filesystem::path(page);
  {
    Progress progress(true, "valleyflux report");
    progress.update({}, "reading and encoding fields");
    write_report(file, target);
  }
  say("written to {}\n", target.string());
  return 0;
}

}  // namespace valleyflux
