# embed_text(OUT HEADER FUNCTION FILE): writes a C++ source that defines
# std::string_view waymark::FUNCTION(), declared in HEADER: the bytes of FILE.
function(embed_text out header function file)
  string(REGEX REPLACE "[^A-Za-z0-9]" "_" symbol waymark_text_${function})
  file(CONFIGURE OUTPUT ${out} CONTENT "#include \"@header@\"

asm(\".pushsection .rodata\\n@symbol@:\\n\"
    \"    .incbin \\\"@file@\\\"\\n\"
    \"@symbol@_end:\\n.popsection\\n\");
extern \"C\" {
extern const char waymark_begin[] asm(\"@symbol@\");
extern const char waymark_end[] asm(\"@symbol@_end\");
}

std::string_view waymark::@function@() {
  return {waymark_begin, static_cast<size_t>(waymark_end - waymark_begin)};
}
" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${file})
endfunction()
