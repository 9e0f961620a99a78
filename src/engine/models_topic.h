#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"
#include "model/definition.h"
#include "stream/consumer.h"

namespace waymark::engine {

// The most versions that a deployment may publish, all models together.
inline constexpr size_t kPublishedMax = 1'000;

// Headers of a record; its key is "family/model/version", its value the definition.
inline constexpr std::string_view kPublisherHeader = "publisher";
inline constexpr std::string_view kPublishedHeader = "published";
// What the definition says; absent: effective since ever.
inline constexpr std::string_view kEffectiveHeader = "effective_from";

// One version of a model as it stands in the topic.
struct PublishedModel {
  model::ModelDefinition definition;  // its file: topic and offset
  base::Offset offset;
  base::Timestamp published;
  std::string publisher;  // who wrote it; empty where it does not say
};

using MakeLogReader = std::function<base::Result<std::unique_ptr<stream::LogReader>>()>;

// What one process knows of the models topic: every version ever published, in the order of the
// offsets, which is the same for all. A version never changes: a key that comes again says the
// same, or is a fault; null values are ignored, with a warning. Used by one thread.
class ModelsTopic {
 public:
  explicit ModelsTopic(std::string name) : name_(std::move(name)) {}

  // Reads on to the end of now. A record that this process can't read is kConfig: it names topic,
  // offset and key, and the next call meets it again. kRetriable where nothing came for `patience`.
  base::Status ReadOn(stream::LogReader& reader, base::Millis patience);
  // The same, again and again for as long as `total`: a transaction that somebody left open hides
  // the rest until the broker ends it.
  base::Status ReadToEnd(stream::LogReader& reader, base::Millis total);

  const std::string& name() const { return name_; }
  const std::vector<PublishedModel>& models() const { return models_; }
  // Null where no such version was published.
  const PublishedModel* Find(std::string_view key) const;

 private:
  base::Status Accept(const stream::Record& record);
  base::Status TakeAgain(const PublishedModel& known, const PublishedModel& again) const;

  std::string name_;
  base::Offset next_;
  std::vector<PublishedModel> models_;
  std::map<std::string, size_t, std::less<>> by_key_;
};

}  // namespace waymark::engine
