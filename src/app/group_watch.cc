#include "app/group_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/dead_letter_record.h"
#include "base/log.h"
#include "codec/utf8.h"

namespace waymark::app {
namespace {

constexpr base::Millis kInterval{1'000};
constexpr base::Millis kStep{50};        // how late a wish or a stop is noticed
constexpr base::Millis kPatience{5'000};  // with the broker
constexpr base::Millis kFresh{3'000};
constexpr size_t kLettersMost = 20;
// Records read for them: of each partition, and of all.
constexpr int64_t kReadOfPartition = 80;
constexpr int64_t kReadOfAll = 1'000;
constexpr int64_t kReadLeast = 5;
constexpr size_t kDetailMost = 300;

std::string Cut(std::string_view text) {
  text = text.substr(0, kDetailMost);
  while (!text.empty() && !codec::IsUtf8(text)) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

GroupWatch::GroupWatch(std::vector<std::string> topics, std::string dead_letters,
                       engine::ShadowClients clients, const base::Clock& clock)
    : topics_(std::move(topics)),
      dead_letters_(std::move(dead_letters)),
      clients_(std::move(clients)),
      clock_(clock) {}

void GroupWatch::Run(int partitions, const std::atomic<bool>& stop, const OnAlive& on_alive) {
  {
    const std::lock_guard lock(mutex_);
    running_ = true;
  }
  while (!stop) {
    on_alive();
    base::Status status = Look(partitions);
    if (status.ok() && WaitForWish(stop, on_alive)) {
      status = LookCloselyNow(partitions, on_alive);
    }
    if (status.ok()) {
      is_silent_ = false;
      continue;
    }
    if (!is_silent_) WAYMARK_WARN("looking at the group: {}", status.text());
    is_silent_ = true;
    if (status.code() != base::StatusCode::kRetriable) consumer_.reset();
    WaitForWish(stop, on_alive);
  }
  const std::lock_guard lock(mutex_);
  running_ = false;
  changed_.notify_all();
}

// Until the next look is due; true where somebody asks for a closer one.
bool GroupWatch::WaitForWish(const std::atomic<bool>& stop, const OnAlive& on_alive) {
  for (base::Millis waited{0}; waited < kInterval && !stop; waited += kStep) {
    on_alive();
    std::unique_lock lock(mutex_);
    const bool asked = changed_.wait_for(lock, kStep, [&] { return wanted_ && !is_silent_; });
    if (asked) return true;
  }
  return false;
}

base::Status GroupWatch::Look(int partitions) {
  if (!consumer_) {
    WAYMARK_ASSIGN_OR_RETURN(consumer_, clients_.make_consumer());
  }
  std::vector<stream::TopicPartition> inputs;
  for (const std::string& topic : topics_) {
    for (int p = 0; p < partitions; ++p) inputs.push_back({topic, base::Partition(p)});
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto committed, consumer_->Committed(inputs, kPatience));
  auto view = std::make_shared<View>();
  view->when = clock_.Now();
  view->marks.resize(static_cast<size_t>(partitions));
  for (const stream::CommittedOffset& at : committed) {
    if (!at.offset) continue;
    const auto parsed = engine::TaskMark::Parse(at.metadata);
    const engine::InputCounts counts = parsed ? parsed->input : engine::InputCounts();
    view->inputs.push_back({at.at.topic, at.at.partition, *at.offset, counts});
    auto& mark = view->marks[static_cast<size_t>(at.at.partition.value)];
    if (parsed && (!mark || parsed->revision > mark->revision)) mark = parsed;
  }
  const std::lock_guard lock(mutex_);
  view_ = std::move(view);
  return {};
}

base::Status GroupWatch::LookCloselyNow(int partitions, const OnAlive& on_alive) {
  WAYMARK_RETURN_IF_ERROR(Look(partitions));
  auto backlog = std::make_shared<Backlog>();
  backlog->view = Latest();
  WAYMARK_ASSIGN_OR_RETURN(backlog->waiting, Waiting(*backlog->view, on_alive));
  WAYMARK_ASSIGN_OR_RETURN(backlog->letters, NewestLetters(partitions, on_alive));
  backlog->when = clock_.Now();
  const std::lock_guard lock(mutex_);
  backlog_ = std::move(backlog);
  wanted_ = false;
  changed_.notify_all();
  return {};
}

base::Result<std::vector<int64_t>> GroupWatch::Waiting(const View& view,
                                                       const OnAlive& on_alive) {
  std::vector<int64_t> waiting;
  for (const Input& input : view.inputs) {
    on_alive();
    WAYMARK_ASSIGN_OR_RETURN(const auto range,
                             consumer_->Offsets({input.topic, input.partition}, kPatience));
    const base::Offset from = std::max(input.committed, range.begin);
    waiting.push_back(std::max<int64_t>(range.end.value - from.value, 0));
  }
  return waiting;
}

base::Result<std::vector<GroupWatch::Letter>> GroupWatch::NewestLetters(
    int partitions, const OnAlive& on_alive) {
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, clients_.make_reader());
  const int64_t most =
      std::clamp(kReadOfAll / std::max(partitions, 1), kReadLeast, kReadOfPartition);
  std::vector<Letter> letters;
  const auto take = [&](const stream::Record& record) {
    const auto letter = ParseDeadLetter(record);
    if (!letter.ok()) return;  // Of a newer version, or somebody else's.
    letters.push_back({record.timestamp, letter->reason, Cut(letter->detail),
                       std::string(letter->topic), letter->partition, letter->offset,
                       letter->time});
  };
  for (int p = 0; p < partitions; ++p) {
    on_alive();
    const stream::TopicPartition at{dead_letters_, base::Partition(p)};
    WAYMARK_ASSIGN_OR_RETURN(const auto range, reader->Offsets(at, kPatience));
    if (range.end <= range.begin) continue;
    const auto from = base::Offset(std::max(range.begin.value, range.end.value - most));
    WAYMARK_RETURN_IF_ERROR(reader->Open(at, from));
    while (true) {
      on_alive();
      WAYMARK_ASSIGN_OR_RETURN(const auto records,
                               reader->Next(static_cast<size_t>(most), kPatience));
      if (records.empty()) break;
      for (const stream::Record& record : records) take(record);
    }
  }
  std::ranges::stable_sort(letters, [](const Letter& a, const Letter& b) {
    return a.when > b.when;
  });
  if (letters.size() > kLettersMost) letters.resize(kLettersMost);
  return letters;
}

std::shared_ptr<const GroupWatch::View> GroupWatch::Latest() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

bool GroupWatch::IsFresh() const {
  return backlog_ != nullptr && clock_.Now() < backlog_->when + kFresh;
}

std::shared_ptr<const GroupWatch::Backlog> GroupWatch::LookCloser(base::Millis patience) {
  std::unique_lock lock(mutex_);
  if (!IsFresh() && running_) {
    wanted_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, patience, [&] { return IsFresh() || !running_; });
  }
  return backlog_;
}

}  // namespace waymark::app
