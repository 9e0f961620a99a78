# The compiler, its warnings and the speed-ups of the build: ccache and mold where they are found.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# For executables alone: code of shared libraries (-fPIC) is slower, since any of its functions
# might be replaced at run time.
add_compile_options(-fPIE)
add_link_options(-pie)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# What all of our own code is compiled with; third-party headers come in as system headers.
add_library(waymark_flags INTERFACE)
target_compile_options(waymark_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror)
# GCC 12 sees overlaps in std::string that are not there (GCC bug 105329).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(waymark_flags INTERFACE -Wno-restrict)
endif()
if(WAYMARK_SANITIZE)
  target_compile_options(waymark_flags INTERFACE -fsanitize=${WAYMARK_SANITIZE}
    -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(waymark_flags INTERFACE -fsanitize=${WAYMARK_SANITIZE})
  if(WAYMARK_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Boost.Asio uses fences, which GCC's thread sanitizer does not follow and warns of.
    target_compile_options(waymark_flags INTERFACE -Wno-tsan)
  endif()
endif()
if(WAYMARK_FUZZ)
  # The fuzz targets bring the driver; all code tells it which branches were taken.
  target_compile_options(waymark_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(WAYMARK_COVERAGE)
  target_compile_options(waymark_flags INTERFACE --coverage -O0)
  target_link_options(waymark_flags INTERFACE --coverage)
endif()
# One build folder for both, since a profile is found by the path of its object file. What was not
# reached in training is compiled as without a profile.
set(profile_folder ${CMAKE_BINARY_DIR}/profile)
if(WAYMARK_PROFILE STREQUAL "generate")
  add_compile_options(-fprofile-generate=${profile_folder} -fprofile-update=atomic)
  add_link_options(-fprofile-generate=${profile_folder})
elseif(WAYMARK_PROFILE STREQUAL "use")
  add_compile_options(-fprofile-use=${profile_folder} -fprofile-correction
    -fprofile-partial-training -Wno-missing-profile)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  add_link_options(-flto=auto)
endif()
