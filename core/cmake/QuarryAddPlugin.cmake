# quarry_add_plugin(<name> SOURCES file... [LIBRARIES lib...] [NO_SDK])
#
# Makes the target quarry_plugin_<name> and with it the file quarry-<name>.so, which exports quarry_plugin_entry and nothing else.
# A plugin with C++ sources compiles the SDK in, unless NO_SDK is given; a plugin in plain C gets quarry_plugin.h alone.

function(quarry_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_SDK" "" "SOURCES;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "quarry_add_plugin(<name> SOURCES file... [LIBRARIES lib...] [NO_SDK]): got '${ARGV}'")
  endif()

  set(target quarry_plugin_${name})
  set(exports "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map")
  add_library(${target} MODULE ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME "quarry-${name}" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${exports}")
  target_link_options(${target} PRIVATE "LINKER:--version-script=${exports}")
  if(NOT QUARRY_SANITIZE AND NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
    target_link_options(${target} PRIVATE "LINKER:--no-undefined")  # clang's sanitizers leave their symbols to the executable
  endif()

  target_link_libraries(${target} PRIVATE Quarry::abi ${arg_LIBRARIES})
  set(cxx_sources ${arg_SOURCES})
  list(FILTER cxx_sources INCLUDE REGEX "\\.(cpp|cc|cxx)$")
  if(cxx_sources AND NOT arg_NO_SDK)
    target_link_libraries(${target} PRIVATE Quarry::sdk)
  endif()
endfunction()
