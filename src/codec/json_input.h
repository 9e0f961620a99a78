#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

#include "codec/limits.h"
#include "codec/messages.h"

namespace waymark::codec {

namespace ondemand = simdjson::ondemand;

// The state of reading one JSON document: buffers, the path walked, and the first fault met.
// Functions return false only where the document is malformed and reading must stop; a bad value is
// noted and skipped.
class JsonInput {
 public:
  // Takes a copy of `json` with the padding that the parser needs. False: no JSON object.
  bool Start(std::string_view json, ondemand::object& root);
  // False where something follows the object.
  bool Finish();

  bool Malformed(simdjson::error_code error);
  bool Malformed(const char* why);
  // Notes a bad value at the present path.
  bool Bad(std::string_view why);

  void Enter(std::string_view name) { path_.push_back(name); }
  void Leave() { path_.pop_back(); }

  // The unescaped text, checked where escapes could have made it bad UTF-8.
  bool Text(ondemand::value& value, model::Text& text);
  bool Key(ondemand::field& field, model::Text& key);
  // Reads past a value of any kind and checks it.
  bool Skip(ondemand::value value, size_t depth = 0);
  // A copy of bytes that lives as long as the texts read.
  bool Decode64(std::string_view coded, model::Text& bytes);

  size_t bad_values() const { return bad_values_; }
  const std::string& fault() const { return fault_; }

 private:
  void Note(std::string_view why);

  ondemand::parser parser_;
  ondemand::document document_;
  std::vector<char> buffer_;
  std::string decoded_;
  bool escapes_ = false;
  std::vector<std::string_view> path_;
  bool malformed_ = false;
  size_t bad_values_ = 0;
  std::string fault_;
};

}  // namespace waymark::codec
