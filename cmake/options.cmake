# Flags every target of ours is compiled with.
add_library(basalt_options INTERFACE)
target_include_directories(basalt_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(basalt_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Wcast-align -Wformat=2 -Wimplicit-fallthrough -Wextra-semi -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(basalt_options INTERFACE
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast -Wsuggest-override -Wredundant-tags)
else()
  target_compile_options(basalt_options INTERFACE -Wthread-safety)
endif()
if(BASALT_WERROR)
  target_compile_options(basalt_options INTERFACE -Werror)
endif()

# RocksDB's and Asio's run-time type information is used by neither of us; exceptions stay on for the libraries.
target_compile_definitions(basalt_options INTERFACE
  ASIO_STANDALONE ASIO_NO_DEPRECATED BASALT_VERSION="${PROJECT_VERSION}")

if(BASALT_PLAINTEXT_FILES)
  message(WARNING "files of this build are not encrypted; for measuring only")
  target_compile_definitions(basalt_options INTERFACE BASALT_PLAINTEXT_FILES)
endif()

if(BASALT_SANITIZE_ADDRESS)
  target_compile_options(basalt_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_link_options(basalt_options INTERFACE -fsanitize=address,undefined)
elseif(BASALT_SANITIZE_THREAD)
  target_compile_options(basalt_options INTERFACE -fsanitize=thread)
  target_link_options(basalt_options INTERFACE -fsanitize=thread)
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_options(basalt_options INTERFACE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_compile_definitions(basalt_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(basalt_options INTERFACE -Wl,-z,relro,-z,now)
endif()
if(BASALT_FUZZ)
  target_compile_options(basalt_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
