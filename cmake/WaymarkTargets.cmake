# waymark_library(ROOM SOURCES … [PUBLIC …] [PRIVATE …]): the one target of a room of src/.
function(waymark_library room)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(waymark_${room} STATIC ${arg_SOURCES})
  add_library(waymark::${room} ALIAS waymark_${room})
  target_include_directories(waymark_${room} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(waymark_${room} PUBLIC ${arg_PUBLIC} PRIVATE waymark_flags ${arg_PRIVATE})
endfunction()

# waymark_test(NAME SOURCES … [LINKS …] [LABELS …]): a GoogleTest program, which
# is one CTest entry.
function(waymark_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE waymark_flags ${arg_LINKS} GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "WAYMARK_SOURCE=${PROJECT_SOURCE_DIR};WAYMARK_BINARY=$<TARGET_FILE_DIR:${name}>")
endfunction()
