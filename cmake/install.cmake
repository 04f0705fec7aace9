# What users of the library see, in this build as in an installed package: the target valleyflux::valleyflux and the
# headers <valleyflux/...> that it reaches, nothing else (public_headers.cmake).
set(public_include_dir ${PROJECT_BINARY_DIR}/include)
file(GLOB_RECURSE headers CONFIGURE_DEPENDS grids/*.hpp problems/*.hpp solver/*.hpp output/*.hpp)
set(stamp ${PROJECT_BINARY_DIR}/public_headers.stamp)
add_custom_command(
  OUTPUT ${stamp}
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR} -DINCLUDE_DIR=${public_include_dir} -P
          ${CMAKE_CURRENT_LIST_DIR}/public_headers.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
  DEPENDS ${headers} ${CMAKE_CURRENT_LIST_DIR}/public_headers.cmake ${CMAKE_CURRENT_LIST_DIR}/write_if_different.cmake
  COMMENT "Laying out the public headers")
add_custom_target(valleyflux_public_headers ALL DEPENDS ${stamp})

add_library(valleyflux_library INTERFACE)
add_library(valleyflux::valleyflux ALIAS valleyflux_library)
add_dependencies(valleyflux_library valleyflux_public_headers)
target_compile_features(valleyflux_library INTERFACE cxx_std_20)
target_include_directories(
  valleyflux_library INTERFACE $<BUILD_INTERFACE:${public_include_dir}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# Linked alone: users do not see the folders' own headers.
target_link_libraries(valleyflux_library INTERFACE Eigen3::Eigen $<LINK_ONLY:valleyflux::output>)
set_target_properties(valleyflux_library PROPERTIES EXPORT_NAME valleyflux)
install(TARGETS valleyflux_library EXPORT valleyfluxTargets)
install(DIRECTORY ${public_include_dir}/valleyflux DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# The package that find_package(valleyflux) finds.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/valleyflux)
configure_package_config_file(cmake/valleyfluxConfig.cmake.in ${PROJECT_BINARY_DIR}/valleyfluxConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/valleyfluxConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(EXPORT valleyfluxTargets NAMESPACE valleyflux:: DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/valleyfluxConfig.cmake ${PROJECT_BINARY_DIR}/valleyfluxConfigVersion.cmake
        DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Manual page and shell completion, as the installed program itself words them.
set(help_dir ${PROJECT_BINARY_DIR}/help)
install(
  CODE "
  function(take file)
    execute_process(COMMAND \"$<TARGET_FILE:valleyflux>\" \${ARGN} OUTPUT_FILE \"${help_dir}/\${file}\" COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  file(MAKE_DIRECTORY \"${help_dir}\")
  take(valleyflux.1 man)
  take(valleyflux completion bash)
  take(_valleyflux completion zsh)
  take(valleyflux.fish completion fish)")
install(FILES ${help_dir}/valleyflux.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${help_dir}/valleyflux DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${help_dir}/_valleyflux DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${help_dir}/valleyflux.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
