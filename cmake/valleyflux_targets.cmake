include(GNUInstallDirs)

# Compiles a target the project's way: C++20 without extensions, warnings that stay private.
function(valleyflux_compile target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic)
  # False alarms of GCC 12 at -O3, inside inlined Eigen loops and std::string (GCC bug 105651).
  target_compile_options(
    ${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict>)
  # A type of one source alone that has members of its unnamed namespace; GCC asks it of included files only.
  if(VALLEYFLUX_UNITY)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  # Less time for collecting garbage while templates are instantiated: a tenth of all.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=500000>)
  # A loop that Clang makes no vectors of, when it optimises little, is no fault.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF COMPILE_WARNING_AS_ERROR ${VALLEYFLUX_WERROR})
  # What nearly every source includes, parsed once for all targets: that takes the same flags everywhere, those of
  # OpenMP and fmt included.
  target_link_libraries(${target} PRIVATE Eigen3::Eigen OpenMP::OpenMP_CXX fmt::fmt)
  if(target STREQUAL valleyflux_grids)
    target_precompile_headers(
      ${target}
      PRIVATE
      <Eigen/Cholesky>
      <Eigen/Core>
      <Eigen/LU>
      <fmt/format.h>
      <fmt/ranges.h>
      <algorithm>
      <array>
      <cmath>
      <cstdint>
      <filesystem>
      <fstream>
      <functional>
      <limits>
      <map>
      <memory>
      <numbers>
      <numeric>
      <optional>
      <set>
      <sstream>
      <stdexcept>
      <string>
      <utility>
      <vector>)
  else()
    target_precompile_headers(${target} REUSE_FROM valleyflux_grids)
  endif()
endfunction()

# Compiles the sources of a target several as one, folder by folder: what they share is parsed and instantiated once.
# Those of a folder may not define two things of one name, therefore; and those with compiler options of their own stay
# alone. Without VALLEYFLUX_UNITY all do.
function(valleyflux_compile_together target count)
  get_target_property(sources ${target} SOURCES)
  list(SORT sources)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH path)
    cmake_path(GET path STEM folder)
    if(NOT DEFINED number_in_${folder})
      set(number_in_${folder} 0)
    endif()
    math(EXPR group "${number_in_${folder}} / ${count}")
    math(EXPR number_in_${folder} "${number_in_${folder}} + 1")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${VALLEYFLUX_UNITY} UNITY_BUILD_MODE GROUP)
endfunction()

# The library valleyflux::<folder> from every source and header of the current folder, installed and exported under
# the same name. Its headers are included from the root ("grids/grid.hpp"), and each is compiled on its own by the
# target all_verify_interface_header_sets; what is installed of them, and how users include it: cmake/install.cmake.
function(valleyflux_add_library folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS *.hpp)
  set(target valleyflux_${folder})
  add_library(${target} ${sources})
  add_library(valleyflux::${folder} ALIAS ${target})
  valleyflux_compile(${target})
  valleyflux_compile_together(${target} 5)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${folder})
  install(TARGETS ${target} EXPORT valleyfluxTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

  add_library(${target}_headers INTERFACE)
  target_link_libraries(${target}_headers INTERFACE ${target})
  target_sources(${target}_headers INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
  set_target_properties(${target}_headers PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()
