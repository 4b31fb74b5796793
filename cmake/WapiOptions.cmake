# Compiler, warnings, sanitizers and third-party libraries: what every target shares.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(WAPI_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")
option(WAPI_FUZZ "Build libFuzzer targets" OFF)

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)
find_package(simdjson REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
find_library(LIBCSV csv REQUIRED)

add_library(wapi_options INTERFACE)
target_include_directories(wapi_options INTERFACE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}")
target_compile_definitions(wapi_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE SPDLOG_FMT_EXTERNAL)
target_compile_options(wapi_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(wapi_options INTERFACE -Wnon-virtual-dtor -Wimplicit-fallthrough
    "SHELL:-Xclang -fno-pch-timestamp")
  # Not CMake's own words, which hide an absolute path from ccache: a second checkout would share
  # nothing with the first.
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -include-pch <PCH_FILE>)
else()
  # gcc 12 reports false dangling and uninitialised values inside coroutines, and does not see that
  # Asio's frames have an operator new of their own.
  target_compile_options(wapi_options INTERFACE -Wno-maybe-uninitialized -Wno-dangling-pointer
    -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict -Wno-missing-field-initializers
    -Wno-mismatched-new-delete)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Functions and lines without variables, as each compiler calls it.
  target_compile_options(wapi_options INTERFACE -O1
    $<IF:$<CXX_COMPILER_ID:Clang>,-gline-tables-only,-g1>)
endif()
if(WAPI_SANITIZE)
  target_compile_options(wapi_options INTERFACE -fsanitize=${WAPI_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(wapi_options INTERFACE -fsanitize=${WAPI_SANITIZE})
  if(WAPI_SANITIZE MATCHES undefined)
    target_compile_options(wapi_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
if(WAPI_FUZZ)
  target_compile_options(wapi_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_link_libraries(wapi_options INTERFACE
  Threads::Threads Boost::headers Boost::json Boost::url OpenSSL::SSL OpenSSL::Crypto ICU::uc ICU::i18n
  SQLite::SQLite3 CURL::libcurl fmt::fmt spdlog::spdlog simdjson::simdjson PkgConfig::PQ PkgConfig::SODIUM
  ${LIBCSV})
