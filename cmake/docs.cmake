# The documentation site (target docs), of a build with the Python package where Doxygen and the packages of
# docs/requirements.txt are there.
find_program(DOXYGEN doxygen)
execute_process(
  COMMAND ${Python_EXECUTABLE} -c "import furo, myst_parser, sphinx_copybutton, sphinx_design"
  RESULT_VARIABLE docs_lack_packages
  OUTPUT_QUIET ERROR_QUIET)
set(docs_buildable OFF)
if(DOXYGEN AND docs_lack_packages EQUAL 0)
  set(docs_buildable ON)
else()
  message(STATUS "The documentation is left out: Doxygen or what docs/requirements.txt names is missing")
endif()

set(docs_dir ${PROJECT_BINARY_DIR}/docs)
# COMMAND of a test or a target: builds the site with the Python package that lies in a folder.
function(docs_command package result)
  set(${result}
      ${Python_EXECUTABLE}
      ${PROJECT_SOURCE_DIR}/docs/build_docs.py
      --headers
      ${PROJECT_BINARY_DIR}/include
      --package
      ${package}
      --output
      ${docs_dir}
      PARENT_SCOPE)
endfunction()

if(docs_buildable)
  set(docs_package ${PROJECT_BINARY_DIR}/docs_package)
  docs_command(${docs_package} build_site)
  add_custom_target(
    docs
    COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --component python --prefix ${docs_package}
    COMMAND ${build_site}
    COMMAND ${CMAKE_COMMAND} -E echo "The first page: ${docs_dir}/html/index.html"
    VERBATIM)
  add_dependencies(docs valleyflux_python valleyflux_python_stub valleyflux_public_headers)
endif()
