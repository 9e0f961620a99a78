#include "app/generate_sink.h"

#include "app/standard_output.h"
#include "codec/json.h"
#include "codec/protobuf.h"
#include "files/byte_reader.h"

namespace waymark::app {
namespace {

void AppendVarint(uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

class FileSink final : public GenerateSink {
 public:
  FileSink(std::unique_ptr<files::ByteWriter> writer, ValueFormat format, double rate,
           const base::Clock& clock, const std::atomic<bool>& stop)
      : writer_(std::move(writer)), format_(format), pacer_(rate, clock), stop_(stop) {}

  base::Status Write(generate::Item& item) override {
    WAYMARK_RETURN_IF_ERROR(pacer_.Wait(written_, stop_, [] { return base::Status(); }));
    if (stop_) return {base::StatusCode::kCancelled, "interrupted"};
    ++written_;
    record_.clear();
    if (item.is_bad()) {
      record_ = item.bad_value().value_or("");
    } else if (format_ == ValueFormat::kProtobuf) {
      codec::EncodeForFile(item.interaction, record_);
    } else {
      codec::EncodeJson(item.interaction, record_);
    }
    if (format_ == ValueFormat::kJson) {
      record_ += '\n';
    } else {
      size_.clear();
      AppendVarint(record_.size(), size_);
      WAYMARK_RETURN_IF_ERROR(writer_->Write(size_));
    }
    return writer_->Write(record_);
  }
  base::Status Finish() override { return writer_->Close(); }

 private:
  std::unique_ptr<files::ByteWriter> writer_;
  ValueFormat format_;
  Pacer pacer_;
  const std::atomic<bool>& stop_;
  int64_t written_ = 0;
  std::string record_;
  std::string size_;
};

class TopicSink final : public GenerateSink {
 public:
  TopicSink(std::unique_ptr<TopicWriter> writer, ValueFormat format)
      : writer_(std::move(writer)), format_(format) {}

  base::Status Write(generate::Item& item) override {
    if (item.is_bad()) return writer_->Send(item.key, item.bad_value());
    item.interaction.key = {};
    value_.clear();
    if (format_ == ValueFormat::kProtobuf) {
      codec::Encode(item.interaction, value_);
    } else {
      codec::EncodeJson(item.interaction, value_);
    }
    return writer_->Send(item.key, value_);
  }
  base::Status Finish() override { return writer_->Finish(); }

 private:
  std::unique_ptr<TopicWriter> writer_;
  ValueFormat format_;
  std::string value_;
};

}  // namespace

base::Result<std::unique_ptr<GenerateSink>> MakeFileSink(const std::string& path,
                                                         ValueFormat format, double rate,
                                                         const base::Clock& clock,
                                                         const std::atomic<bool>& stop) {
  std::unique_ptr<files::ByteWriter> writer = std::make_unique<StandardOutput>();
  if (path != "-") {
    WAYMARK_ASSIGN_OR_RETURN(writer, files::OpenForWriting(path));
  }
  return std::unique_ptr<GenerateSink>(
      new FileSink(std::move(writer), format, rate, clock, stop));
}

std::unique_ptr<GenerateSink> MakeTopicSink(std::unique_ptr<TopicWriter> writer,
                                            ValueFormat format) {
  return std::make_unique<TopicSink>(std::move(writer), format);
}

}  // namespace waymark::app
