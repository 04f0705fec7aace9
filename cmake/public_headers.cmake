# The public headers as users include them: copies of output/valleyflux.hpp and of every header that it reaches, laid out
# under INCLUDE_DIR/valleyflux, where "solver/escape/escape.hpp" becomes <valleyflux/solver/escape/escape.hpp>. Copies
# that are right already stay untouched, others that lie there are removed.
#   cmake -DSOURCE_DIR=... -DINCLUDE_DIR=... -P public_headers.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/write_if_different.cmake)

set(umbrella output/valleyflux.hpp)
set(include_line "(^|\n)#include \"([^\"]+)\"")

file(GLOB_RECURSE unreached ${INCLUDE_DIR}/*)
set(reached ${umbrella})
while(reached)
  list(POP_FRONT reached header)
  set(copy ${INCLUDE_DIR}/valleyflux/${header})
  if(header STREQUAL umbrella)
    set(copy ${INCLUDE_DIR}/valleyflux/valleyflux.hpp)
  endif()
  list(REMOVE_ITEM unreached ${copy})

  file(READ ${SOURCE_DIR}/${header} text)
  string(REGEX MATCHALL "${include_line}" lines "${text}")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "${include_line}" "\\2" included "${line}")
    if(NOT included IN_LIST known)
      list(APPEND known ${included})
      list(APPEND reached ${included})
    endif()
  endforeach()

  string(REGEX REPLACE "${include_line}" "\\1#include <valleyflux/\\2>" text "${text}")
  write_if_different(${copy} "${text}")
endwhile()
if(unreached)
  file(REMOVE ${unreached})
endif()
