#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "journey/compiled_model.h"
#include "model/intervention.h"
#include "serve/http_message.h"

namespace waymark::api {

// Answers that many ask for: each is drawn once for all who ask the same, until the figures or the
// models change, and packed once (serve/compress.h). Keeps the few that were asked for last. Safe
// from any thread.
class AnswerCache {
 public:
  // What an answer depends on beside the question.
  struct Version {
    int64_t revision = 0;  // of the figures
    std::shared_ptr<const journey::CompiledModels> models;
    std::shared_ptr<const model::Interventions> interventions = {};  // null: it shows none
    friend bool operator==(const Version&, const Version&) = default;
  };
  using Draw = std::function<serve::Response()>;

  // The answer to a request, from its path and query; draw() makes it. It gets an ETag, and a
  // client that has it already (If-None-Match) gets 304 without a body. Refusals are not kept.
  serve::Response Answer(const serve::Request& request, const Version& version, const Draw& draw);

 private:
  struct Entry {
    std::string question;
    std::mutex mutex;  // held while it is drawn: others who ask the same wait
    Version version;
    serve::Response response;
    std::string tag;  // empty: not drawn yet
  };
  std::shared_ptr<Entry> Find(std::string question);

  std::mutex mutex_;
  std::list<std::shared_ptr<Entry>> entries_;  // asked for last first; guarded by mutex_
};

}  // namespace waymark::api
