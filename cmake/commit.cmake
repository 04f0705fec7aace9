# Writes the source OUTPUT that knows the commit checked out in SOURCE_DIR (output/version.hpp), unless it is right
# already.
#   cmake -DSOURCE_DIR=... -DOUTPUT=... -P commit.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/write_if_different.cmake)

# In SOURCE_DIR; where git fails, or is not there, the result is empty. Locks are left to those who need them.
function(ask_git result)
  execute_process(
    COMMAND git --no-optional-locks ${ARGN}
    WORKING_DIRECTORY ${SOURCE_DIR}
    OUTPUT_VARIABLE answer
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${result} "${answer}" PARENT_SCOPE)
endfunction()

ask_git(repository rev-parse --show-toplevel)
set(commit "")
file(REAL_PATH ${SOURCE_DIR} source)
if(repository STREQUAL source) # sources unpacked inside another project's repository are of no commit of it
  ask_git(commit rev-parse --short=12 HEAD)
  ask_git(changes status --porcelain --untracked-files=no)
  if(commit AND changes)
    string(APPEND commit "-dirty")
  endif()
endif()

set(text
    "#include \"output/version.hpp\"\n\nnamespace valleyflux {\n\nconst char* commit() {\n  return \"${commit}\";\n}\n\n}  // namespace valleyflux\n"
)
write_if_different(${OUTPUT} "${text}")
