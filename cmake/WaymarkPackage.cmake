# The Debian package: what is installed where, and what CPack makes of it.
#   cmake --build --preset release --target waymark && (cd build/release && cpack)
# Paths are relative to the root of the file system, so `cmake --install build/release --prefix /`
# puts the same files onto a machine without a package.
set(packaging ${PROJECT_SOURCE_DIR}/deploy/debian)
set(packaging_made ${CMAKE_BINARY_DIR}/packaging)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
  GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# What is packaged is the program alone, whatever else a preset would build.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

# Policy wants manual pages and changelogs compressed, and the same bytes each time.
function(waymark_install_compressed source folder name)
  set(made ${packaging_made}/${name}.gz)
  file(MAKE_DIRECTORY ${packaging_made})
  execute_process(COMMAND gzip -9 -n -c ${source} OUTPUT_FILE ${made} COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  install(FILES ${made} DESTINATION ${folder})
endfunction()

install(TARGETS waymark RUNTIME DESTINATION usr/bin)
install(FILES deploy/systemd/waymark.service DESTINATION lib/systemd/system)
# What operators edit lies below /etc, each file a conffile.
install(FILES ${packaging}/waymark.yaml DESTINATION etc/waymark)
install(FILES config/models/customer.yaml config/models/six-stages.yaml
  DESTINATION etc/waymark/models)
# Models as shipped, to copy from and to compare with; the schemas that editors check them by.
install(DIRECTORY config/models/ DESTINATION usr/share/waymark/models)
install(FILES config/waymark.yaml DESTINATION usr/share/doc/waymark)
install(FILES ${packaging}/copyright DESTINATION usr/share/doc/waymark)
install(FILES ${packaging}/waymark.bash-completion RENAME waymark
  DESTINATION usr/share/bash-completion/completions)
waymark_install_compressed(${packaging}/waymark.1 usr/share/man/man1 waymark.1)
waymark_install_compressed(${packaging}/changelog usr/share/doc/waymark changelog)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_PACKAGE_VENDOR Waymark)
set(CPACK_PACKAGE_CONTACT "Waymark maintainers <maintainers@waymark.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "Waymark reads what customers do from Kafka, stitches it into per-customer
journeys held in RocksDB, finds the stage of each journey and other signals
the moment they happen, and publishes enriched journeys back to Kafka, exactly
once.

This package holds the program, its systemd unit, and journey models.")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# The libraries that the program is linked with are added by dpkg-shlibdeps. The program reads the
# rules of time zones and the TLS roots from files.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${packaging}/conffiles ${packaging}/postinst
  ${packaging}/prerm ${packaging}/postrm)
include(CPack)
