# Fails unless the programs FIRST and SECOND both run and print the same.
foreach(program FIRST SECOND)
  execute_process(COMMAND ${${program}} OUTPUT_VARIABLE ${program}_output COMMAND_ERROR_IS_FATAL ANY)
endforeach()
if(NOT FIRST_output OR NOT FIRST_output STREQUAL SECOND_output)
  message(FATAL_ERROR "${FIRST_output}\n${SECOND_output}")
endif()
