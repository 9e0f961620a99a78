#include "api/answer_cache.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "serve/compress.h"

namespace waymark::api {
namespace {

constexpr size_t kEntriesMax = 32;
// A larger one is drawn for everybody anew, so that the bytes kept are bounded, too.
constexpr size_t kBytesMax = 4 << 20;

std::string QuestionOf(const serve::Request& request) {
  std::string question = request.path;
  for (const auto& [name, value] : request.query) {
    question.append(1, '\0').append(name).append(1, '\0').append(value);
  }
  if (serve::TakesGzip(request)) question.append(1, '\0');
  return question;
}

}  // namespace

std::shared_ptr<AnswerCache::Entry> AnswerCache::Find(std::string question) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(entries_, question, &Entry::question);
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
  } else {
    entries_.push_front(std::make_shared<Entry>());
    entries_.front()->question = std::move(question);
    if (entries_.size() > kEntriesMax) entries_.pop_back();
  }
  return entries_.front();
}

serve::Response AnswerCache::Answer(const serve::Request& request, const Version& version,
                                    const Draw& draw) {
  const std::shared_ptr<Entry> entry = Find(QuestionOf(request));
  const std::lock_guard lock(entry->mutex);
  if (entry->tag.empty() || entry->version != version) {
    entry->tag.clear();
    serve::Response response = serve::Packed(request, draw());
    if (response.code != 200 || response.body.size() > kBytesMax) return response;
    entry->tag = fmt::format("\"{:016x}\"", base::Hash64(response.body));
    response.headers.emplace_back("ETag", entry->tag);
    entry->response = std::move(response);
    entry->version = version;
  }
  const auto has = request.headers.find("if-none-match");
  if (has == request.headers.end() || has->second != entry->tag) return entry->response;
  serve::Response unchanged;
  unchanged.code = 304;
  unchanged.headers = entry->response.headers;
  return unchanged;
}

}  // namespace waymark::api
