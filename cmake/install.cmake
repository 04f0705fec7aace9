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
