# Embeds the console (build/console, made from web/ by ./x build) into the module app.
set(wapi_console_stamp "${CMAKE_SOURCE_DIR}/build/console.sha256")
if(NOT EXISTS "${wapi_console_stamp}")
  message(FATAL_ERROR "The console is not built yet: build by ./x build, which makes it first")
endif()
enable_language(ASM)
set(wapi_console_sources
    "${CMAKE_BINARY_DIR}/generated/embedded_console.cpp"
    "${CMAKE_BINARY_DIR}/generated/embedded_console.S")
add_custom_command(
  OUTPUT ${wapi_console_sources}
  COMMAND python3 "${CMAKE_SOURCE_DIR}/tools/embed_console.py"
          "${CMAKE_SOURCE_DIR}/build/console" "${CMAKE_BINARY_DIR}/generated"
  DEPENDS "${wapi_console_stamp}" "${CMAKE_SOURCE_DIR}/tools/embed_console.py"
  VERBATIM)
target_sources(wapi_app PRIVATE ${wapi_console_sources})
