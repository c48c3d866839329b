# How Quarry builds its own code: output folders, compiler options, and the functions that the folders use.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_EXTENSIONS OFF)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(QUARRY_PLUGIN_DIR "${PROJECT_BINARY_DIR}/lib/quarry/plugins")
set(QUARRY_INSTALL_PLUGIN_DIR "${CMAKE_INSTALL_LIBDIR}/quarry/plugins")
set(QUARRY_INSTALL_SOURCE_DIR "${CMAKE_INSTALL_DATADIR}/quarry/src")

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

  find_program(QUARRY_CCACHE ccache)
  mark_as_advanced(QUARRY_CCACHE)
  if(QUARRY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness is what ccache asks for before it caches a file that uses a precompiled header.
    set(launcher env CCACHE_SLOPPINESS=pch_defines,time_macros "${QUARRY_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  endif()

  find_program(QUARRY_MOLD mold)
  mark_as_advanced(QUARRY_MOLD)
  if(QUARRY_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

if(QUARRY_SANITIZE)
  add_compile_options(-fsanitize=${QUARRY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${QUARRY_SANITIZE})
endif()

# quarry_own_code(target): the warnings that our own code has to be free of.
# -Wno-sign-conversion: clang counts it among -Wconversion, g++ does not; the two compilers shall ask for the same.
# -Wno-restrict: g++ 12 finds overlapping copies in `"literal" + std::string` where there are none (its bug 105651).
function(quarry_own_code target)
  if(QUARRY_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wshadow -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
    endif()
  endif()
endfunction()

# quarry_include_tree(): <build>/include/quarry, so that `#include <quarry/ir/model/node.hpp>` reads the same in the build tree
# and after installation.
function(quarry_include_tree)
  set(tree "${PROJECT_BINARY_DIR}/include/quarry")
  file(MAKE_DIRECTORY "${tree}")
  foreach(folder IN ITEMS ir core plugins dialects)
    file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${tree}/${folder}" SYMBOLIC)
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/core/cmake/version.hpp.in" "${tree}/version.hpp" @ONLY)
  configure_file("${PROJECT_SOURCE_DIR}/core/cmake/quarry.hpp.in" "${tree}/quarry.hpp" @ONLY)
endfunction()

# quarry_headers(target PUBLIC|INTERFACE): where a target and its users find our headers.
function(quarry_headers target scope)
  target_include_directories(${target} ${scope} "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>"
                                                "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
endfunction()

# quarry_sources(variable folder... [EXCLUDE regex]): every .cpp below the folders; new files are noticed at the next build.
function(quarry_sources variable)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXCLUDE" "")
  set(found)
  foreach(folder IN LISTS arg_UNPARSED_ARGUMENTS)
    file(GLOB_RECURSE some CONFIGURE_DEPENDS "${folder}/*.cpp")
    list(APPEND found ${some})
  endforeach()
  if(arg_EXCLUDE)
    list(FILTER found EXCLUDE REGEX "${arg_EXCLUDE}")
  endif()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# quarry_library(target alias SOURCES file...): a static library, known to users as Quarry::<alias>.
function(quarry_library target alias)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES")
  if(NOT arg_SOURCES)
    set(arg_SOURCES "${CMAKE_CURRENT_BINARY_DIR}/empty.cpp")
    file(WRITE "${arg_SOURCES}" "")
  endif()
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(Quarry::${alias} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${alias} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(${target} PUBLIC cxx_std_20)
  quarry_headers(${target} PUBLIC)
  quarry_own_code(${target})
endfunction()

include("${CMAKE_CURRENT_LIST_DIR}/QuarryAddPlugin.cmake")
