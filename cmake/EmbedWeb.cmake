# embed_web(OUT FOLDER [NAME=FILE …]): writes a C++ source that holds every file below FOLDER that
# a browser asks for, and the files named, as serve::Assets().
function(embed_web out folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.html ${folder}/*.css ${folder}/*.js
    ${folder}/*.svg)
  set(assembly "")
  set(externs "")
  set(entries "")
  set(number 0)
  set(depends ${files})
  foreach(file IN LISTS files ARGN)
    if(file MATCHES "^([^/=]+)=(.+)$")
      set(path ${CMAKE_MATCH_1})
      set(file ${CMAKE_MATCH_2})
      list(APPEND depends ${file})
    else()
      file(RELATIVE_PATH path ${folder} ${file})
    endif()
    string(APPEND assembly
      "asm(\".pushsection .rodata\\n.balign 16\\nwaymark_asset_${number}:\\n\"\n"
      "    \".incbin \\\"${file}\\\"\\n\"\n"
      "    \"waymark_asset_${number}_end:\\n.popsection\\n\");\n")
    string(APPEND externs
      "extern const char begin_${number}[] asm(\"waymark_asset_${number}\");\n"
      "extern const char end_${number}[] asm(\"waymark_asset_${number}_end\");\n")
    string(APPEND entries "    {\"/web/${path}\",\n"
      "     {begin_${number}, static_cast<size_t>(end_${number} - begin_${number})}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(CONFIGURE OUTPUT ${out} CONTENT "#include \"serve/page.h\"

@assembly@
namespace waymark::serve {
namespace {
extern \"C\" {
@externs@}
}  // namespace

std::span<const Asset> Assets() {
  static const Asset kAssets[] = {
@entries@  };
  return kAssets;
}

}  // namespace waymark::serve
" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${depends}")
endfunction()
