#include "output/report/report_page.hpp"

#include "output/report/page_template.hpp"
#include "output/report/report_content.hpp"
#include "output/unfinished_file.hpp"

#include <string>
#include <string_view>

namespace valleyflux {

namespace {

std::string html_text(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

/// The template with everything in its places; nothing that was put in is looked at again.
std::string filled(std::string_view page, const std::vector<std::pair<std::string_view, std::string>>& places) {
  std::string text;
  for (const auto& [place, value] : places) {
    const std::size_t at = page.find(place);
    text.append(page.substr(0, at)).append(value);
    page.remove_prefix(at + place.size());
  }
  return text.append(page);
}

void write_page(const StoredResult& result, const std::string& name, const std::filesystem::path& target) {
  const std::string title = result.attribute("title");
  write_whole(target, filled(page_template::page_html, {{"{{title}}", html_text(title.empty() ? name : title)},
                                                        {"{{style}}", std::string(page_template::page_css)},
                                                        {"{{content}}", report_content(result, name)},
                                                        {"{{script}}", std::string(page_template::script)}}));
}

}  // namespace

void write_report(const std::filesystem::path& result_file, const std::filesystem::path& page) {
  const std::unique_ptr<StoredResult> result = result_in_file(result_file);
  const std::filesystem::path target = result_target(page, {result_file});
  write_page(*result, result_file.filename().string(), target);
}

void write_report(const ResultInMemory& result, const std::filesystem::path& page) {
  write_page(*result_in_memory(result), "", result_target(page));
}

std::filesystem::path report_path(const std::filesystem::path& result_file) {
  return std::filesystem::path(result_file).replace_extension(".html");
}

}  // namespace valleyflux
