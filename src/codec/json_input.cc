#include "codec/json_input.h"

#include <cstring>

#include "codec/base64.h"
#include "codec/utf8.h"

namespace waymark::codec {

bool JsonInput::Start(std::string_view json, ondemand::object& root) {
  malformed_ = false;
  bad_values_ = 0;
  fault_.clear();
  path_.clear();
  decoded_.clear();
  if (json.size() > kMessageBytesMax) return Malformed("object of more than 64 MiB");
  const size_t room = json.size() + simdjson::SIMDJSON_PADDING;
  if (buffer_.size() < room) buffer_.resize(room + room / 2);
  if (!json.empty()) std::memcpy(buffer_.data(), json.data(), json.size());
  std::memset(buffer_.data() + json.size(), ' ', simdjson::SIMDJSON_PADDING);
  escapes_ = json.find('\\') != std::string_view::npos;
  if (auto error = parser_.iterate(buffer_.data(), json.size(), buffer_.size()).get(document_)) {
    return Malformed(error);
  }
  if (auto error = document_.get_object().get(root)) return Malformed(error);
  return true;
}

bool JsonInput::Finish() {
  const bool at_end = document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end || Malformed("something follows the object");
}

void JsonInput::Note(std::string_view why) {
  fault_.clear();
  for (const auto name : path_) {
    if (!fault_.empty()) fault_.push_back('.');
    fault_.append(name);
  }
  if (!fault_.empty()) fault_.append(": ");
  fault_.append(why);
}

bool JsonInput::Malformed(simdjson::error_code error) {
  return Malformed(simdjson::error_message(error));
}

bool JsonInput::Malformed(const char* why) {
  if (!malformed_) Note(why);
  malformed_ = true;
  return false;
}

bool JsonInput::Bad(std::string_view why) {
  if (fault_.empty()) Note(why);
  ++bad_values_;
  return true;
}

bool JsonInput::Text(ondemand::value& value, model::Text& text) {
  if (!escapes_) {
    // The token reaches to the next one: what ends it is the closing quote and white space.
    const std::string_view token = value.raw_json_token();
    ondemand::raw_json_string raw;
    if (auto error = value.get_raw_json_string().get(raw)) return Malformed(error);
    text = token.substr(1, token.find_last_of('"') - 1);
    return true;
  }
  if (auto error = value.get_string().get(text)) return Malformed(error);
  if (escapes_ && !IsUtf8(text)) return Malformed("text is not UTF-8");
  return true;
}

bool JsonInput::Key(ondemand::field& field, model::Text& key) {
  if (!escapes_) {
    const char* start = field.key().raw();
    const char* end = start;
    while (*end != '"') ++end;  // The parser has seen the closing quote.
    key = model::Text(start, static_cast<size_t>(end - start));
    return true;
  }
  if (auto error = field.unescaped_key().get(key)) return Malformed(error);
  if (escapes_ && !IsUtf8(key)) return Malformed("text is not UTF-8");
  return true;
}

bool JsonInput::Decode64(std::string_view coded, model::Text& bytes) {
  // All that is decoded fits into the room of the document, so no view ever moves.
  decoded_.reserve(buffer_.size());
  const size_t start = decoded_.size();
  if (!ReadBase64(coded, decoded_)) return Bad("not base64");
  bytes = model::Text(decoded_).substr(start);
  return true;
}

bool JsonInput::Skip(ondemand::value value, size_t depth) {
  if (depth > kNestingMax) return Malformed("nested too deep");
  ondemand::json_type type{};
  if (auto error = value.type().get(type)) return Malformed(error);
  switch (type) {
    case ondemand::json_type::object: {
      ondemand::object object;
      if (auto error = value.get_object().get(object)) return Malformed(error);
      for (auto item : object) {
        ondemand::field field;
        model::Text key;
        if (auto error = std::move(item).get(field)) return Malformed(error);
        if (!Key(field, key) || !Skip(field.value(), depth + 1)) return false;
      }
      return true;
    }
    case ondemand::json_type::array: {
      ondemand::array array;
      if (auto error = value.get_array().get(array)) return Malformed(error);
      for (auto item : array) {
        ondemand::value element;
        if (auto error = item.get(element)) return Malformed(error);
        if (!Skip(element, depth + 1)) return false;
      }
      return true;
    }
    case ondemand::json_type::string: {
      model::Text text;
      return Text(value, text);
    }
    case ondemand::json_type::number: {
      ondemand::number number;
      const auto error = value.get_number().get(number);
      return !error || Malformed(error);
    }
    case ondemand::json_type::boolean: {
      bool flag = false;
      const auto error = value.get_bool().get(flag);
      return !error || Malformed(error);
    }
    case ondemand::json_type::null: {
      bool null = false;
      const auto error = value.is_null().get(null);
      return (!error && null) || Malformed("not null");
    }
  }
  return Malformed("no JSON value");
}

}  // namespace waymark::codec
