# What `cmake --install` puts where. Two export sets, so that the author of a plugin needs neither Boost nor fmt:
#   find_package(Quarry COMPONENTS plugin)     Quarry::abi, Quarry::sdk, quarry_add_plugin()
#   find_package(Quarry)                       these, and Quarry::quarry, Quarry::host, Quarry::ir
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Quarry")

# install_tree(destination pattern folder...): the matching files below the folders, each in its place. (install(DIRECTORY) would
# make empty folders too.)
function(install_tree destination pattern)
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/${folder}/*")
    list(FILTER files INCLUDE REGEX "${pattern}")
    list(FILTER files EXCLUDE REGEX "^(core/cli|core/cmake|ir/tools|plugins/abi/history)/")
    foreach(file IN LISTS files)
      cmake_path(GET file PARENT_PATH parent)
      install(FILES "${PROJECT_SOURCE_DIR}/${file}" DESTINATION "${destination}/${parent}")
    endforeach()
  endforeach()
endfunction()

install_tree("${CMAKE_INSTALL_INCLUDEDIR}/quarry" "\\.(hpp|h|def)$" ir core plugins/abi plugins/host plugins/sdk dialects/base)
install_tree("${QUARRY_INSTALL_SOURCE_DIR}" "\\.cpp$" plugins/sdk dialects/base)
install(FILES "${PROJECT_BINARY_DIR}/include/quarry/quarry.hpp" "${PROJECT_BINARY_DIR}/include/quarry/version.hpp"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/quarry")

install(TARGETS quarry_abi quarry_sdk EXPORT QuarryPluginTargets)
install(TARGETS quarry_ir quarry_host quarry EXPORT QuarryTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
foreach(export IN ITEMS QuarryPluginTargets QuarryTargets)
  install(EXPORT ${export} NAMESPACE Quarry:: DESTINATION "${package_dir}")
endforeach()
if(TARGET quarry_cli)
  install(TARGETS quarry_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/core/cmake/QuarryConfig.cmake.in" "${PROJECT_BINARY_DIR}/QuarryConfig.cmake"
                              INSTALL_DESTINATION "${package_dir}" PATH_VARS QUARRY_INSTALL_PLUGIN_DIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/QuarryConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/QuarryConfig.cmake" "${PROJECT_BINARY_DIR}/QuarryConfigVersion.cmake"
              "${PROJECT_SOURCE_DIR}/core/cmake/QuarryAddPlugin.cmake" "${PROJECT_SOURCE_DIR}/core/cmake/plugin.map"
        DESTINATION "${package_dir}")

set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH prefix_from_pc_dir "/${pc_dir}" "/")
configure_file("${PROJECT_SOURCE_DIR}/core/cmake/quarry.pc.in" "${PROJECT_BINARY_DIR}/quarry.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/quarry.pc" DESTINATION "${pc_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
