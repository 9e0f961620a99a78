#pragma once

#include "exports/object_writer.h"
#include "exports/text_output.h"

namespace waymark::exports {

// OCEL 2.0 as JSON: an object or event a line.
class OcelJsonWriter final : public ObjectWriter {
 public:
  explicit OcelJsonWriter(std::unique_ptr<files::ByteWriter> writer) : output_(std::move(writer)) {}
  base::Status Begin(const OcelTypes& types) override;
  base::Status BeginObject(size_t type, std::string_view id,
                           std::span<const std::optional<std::string>> values) override;
  base::Status AddChange(int64_t time, size_t attribute, std::string_view value) override;
  base::Status EndObject(std::span<const Relation> relations) override;
  base::Status AddEvent(std::string_view id, const std::string& type, const Event& event,
                        std::span<const Relation> relations) override;
  base::Status End() override;

 private:
  void BeginLine(std::string_view id, std::string_view type);
  void AddObjectValue(size_t attribute, std::string_view time, std::string_view value);
  void EndLine(std::span<const Relation> relations);
  void Separate(bool& is_first);

  TextOutput output_;
  const OcelTypes* types_ = nullptr;
  size_t object_type_ = 0;
  bool is_first_object_ = true;
  bool is_first_event_ = true;
  bool is_first_value_ = true;
};

}  // namespace waymark::exports
