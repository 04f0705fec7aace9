#pragma once

#include <string_view>

/// What a report's page is made of, from the files of output/report (made at build time by
/// cmake/page_template.cmake).
namespace valleyflux::page_template {

extern const std::string_view
    page_html;  // with the places {{title}}, {{style}}, {{content}}, {{script}}, in this order
extern const std::string_view page_css;
extern const std::string_view script;

}  // namespace valleyflux::page_template
