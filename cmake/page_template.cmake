# Writes the source OUTPUT that holds the texts of a report's page (output/report/page_template.hpp).
#   cmake -DFOLDER=output/report -DOUTPUT=... -P page_template.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/write_if_different.cmake)

# The scripts' functions are their own: one after another inside of one function.
set(script "\"use strict\";\n(() => {\n")
foreach(part fields charts lines maps sections page)
  file(READ ${FOLDER}/${part}.js text)
  string(APPEND script "${text}")
endforeach()
string(APPEND script "})();\n")
file(READ ${FOLDER}/page.html page_html)
file(READ ${FOLDER}/page.css page_css)

set(source "#include \"output/report/page_template.hpp\"\n\nnamespace valleyflux::page_template {\n")
foreach(name page_html page_css script)
  string(APPEND source "\nconst std::string_view ${name} = R\"PAGE(${${name}})PAGE\";\n")
endforeach()
write_if_different(${OUTPUT} "${source}\n}  // namespace valleyflux::page_template\n")
