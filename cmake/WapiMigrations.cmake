# Embeds db/migrations/*.sql into the module db, so that the binary needs no files beside it.
#
# Included from CMakeLists.txt it adds the generated source; run as a script (cmake -P) it writes it.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB files "${MIGRATIONS_DIR}/*.sql")
  list(SORT files)
  set(entries "")
  foreach(file ${files})
    get_filename_component(name "${file}" NAME)
    file(READ "${file}" text)
    string(APPEND entries "    {\"${name}\", R\"wapi_sql(${text})wapi_sql\"},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "// Generated from db/migrations by cmake/WapiMigrations.cmake.
#include \"db/migrator.hpp\"

namespace wapi::db {

namespace {
constexpr Migration migrations[] = {
${entries}};
}  // namespace

std::span<const Migration> embedded_migrations() { return migrations; }

}  // namespace wapi::db
")
  return()
endif()

file(GLOB wapi_migrations CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/db/migrations/*.sql")
set(wapi_migrations_source "${CMAKE_BINARY_DIR}/generated/embedded_migrations.cpp")
add_custom_command(
  OUTPUT "${wapi_migrations_source}"
  COMMAND "${CMAKE_COMMAND}" "-DMIGRATIONS_DIR=${CMAKE_SOURCE_DIR}/db/migrations"
          "-DOUTPUT=${wapi_migrations_source}" -P "${CMAKE_CURRENT_LIST_FILE}"
  DEPENDS ${wapi_migrations} "${CMAKE_CURRENT_LIST_FILE}"
  VERBATIM)
target_sources(wapi_db PRIVATE "${wapi_migrations_source}")
