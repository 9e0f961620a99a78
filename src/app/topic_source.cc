#include "app/topic_source.h"

#include "app/dead_letter_record.h"
#include "kafka/admin.h"
#include "kafka/client.h"
#include "kafka/log_reader.h"

namespace waymark::app {
namespace {

constexpr std::string_view kScheme = "kafka://";
constexpr std::string_view kDefaultPrefix = "waymark";
constexpr base::Millis kPatience{30'000};
constexpr size_t kRecordsAtOnce = 10'000;

// As files have it: without where it came from.
base::Result<model::DeadLetter> LetterOf(const stream::Record& record) {
  WAYMARK_ASSIGN_OR_RETURN(const model::DeadLetter read, ParseDeadLetter(record));
  model::DeadLetter letter;
  letter.reason = read.reason;
  letter.time = read.time;
  letter.value = read.value;
  letter.value_hash = read.value_hash;
  letter.truncated = read.truncated;
  return letter;
}

}  // namespace

base::Result<TopicAddress> ParseTopicAddress(const std::string& address) {
  const std::string rest = address.substr(kScheme.size());
  const size_t slash = rest.find('/');
  TopicAddress at{rest.substr(0, slash),
                  slash == std::string::npos ? "" : rest.substr(slash + 1)};
  if (at.prefix.empty()) at.prefix = kDefaultPrefix;
  if (!at.brokers.empty()) return at;
  return base::Status(base::StatusCode::kConfig, address + ": names no broker",
                      "write it as kafka://localhost:9092/waymark");
}

base::Result<std::unique_ptr<files::OutputSource>> TopicSource::Open(
    const std::string& address, const kafka::ClientSettings& settings,
    base::Millis connect_timeout) {
  WAYMARK_ASSIGN_OR_RETURN(const TopicAddress at, ParseTopicAddress(address));
  auto source = std::make_unique<TopicSource>();
  source->prefix_ = at.prefix;
  kafka::ClientSettings client = settings;
  client.brokers = at.brokers;
  WAYMARK_RETURN_IF_ERROR(kafka::WaitForBroker(client, connect_timeout));
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, kafka::Admin::Make(client));
  std::vector<std::string> topics;
  for (int k = 0; k < files::kOutputKinds; ++k) {
    topics.push_back(source->TopicOf(static_cast<files::OutputKind>(k)));
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto infos, admin->Describe(topics, kPatience));
  bool any = false;
  for (size_t k = 0; k < infos.size(); ++k) {
    if (infos[k]) source->partitions_[k] = infos[k]->partitions;
    any |= infos[k].has_value();
  }
  if (!any) {
    return base::Status(base::StatusCode::kConfig,
                        address + ": no topic named " + source->prefix_ + ".steps or its like",
                        "name the prefix of the topics (kafka.prefix) after the brokers");
  }
  WAYMARK_ASSIGN_OR_RETURN(source->reader_, kafka::LogReader::Make(client));
  return std::unique_ptr<files::OutputSource>(std::move(source));
}

std::string TopicSource::TopicOf(files::OutputKind kind) const {
  return prefix_ + "." + std::string(files::ToString(kind));
}

base::Status TopicSource::Read(files::OutputKind kind, const files::RecordVisitor& visit) {
  total_ = 0;
  passed_ = 0;
  for (int32_t p = 0; p < PartitionsOf(kind); ++p) {
    WAYMARK_ASSIGN_OR_RETURN(const auto range,
                             reader_->Offsets({TopicOf(kind), base::Partition(p)}, kPatience));
    total_ += range.end.value - range.begin.value;
  }
  for (int32_t p = 0; p < PartitionsOf(kind); ++p) {
    WAYMARK_RETURN_IF_ERROR(ReadPartition(kind, base::Partition(p), visit));
  }
  return {};
}

base::Status TopicSource::ReadPartition(files::OutputKind kind, base::Partition partition,
                                        const files::RecordVisitor& visit) {
  const stream::TopicPartition at{TopicOf(kind), partition};
  WAYMARK_RETURN_IF_ERROR(reader_->Open(at, base::Offset(0)));
  const bool letters = kind == files::OutputKind::kDeadLetters;
  files::OutputRecord out;
  out.form = letters ? files::OutputRecord::Form::kDeadLetter
                     : files::OutputRecord::Form::kProtobuf;
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(const auto records, reader_->Next(kRecordsAtOnce, kPatience));
    if (records.empty()) return {};
    for (const stream::Record& record : records) {
      ++passed_;
      out.key = record.key.value_or(std::string_view());
      out.value = record.value;
      auto status = base::Status();
      if (letters) {
        auto letter = LetterOf(record);
        status = letter.status();
        if (letter.ok()) out.letter = *letter;
      }
      if (status.ok()) status = visit(out);
      if (!status.ok()) {
        return status.WithContext(at.topic + " partition " + std::to_string(partition.value) +
                                  " offset " + std::to_string(record.offset.value));
      }
    }
  }
}

double TopicSource::share() const {
  return total_ == 0 ? 1.0 : static_cast<double>(passed_) / static_cast<double>(total_);
}

}  // namespace waymark::app
