#pragma once

#include <string>

namespace waymark::config {

// The sample configuration file: every setting with its default, explained. config/waymark.yaml is
// this text.
std::string SampleYaml();

// A table of all settings for the README: name, type, default, bounds, restart, meaning.
std::string SettingsTableMarkdown();

}  // namespace waymark::config
