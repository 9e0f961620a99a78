#include "files/row_sorter.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace waymark::files {
namespace {

constexpr size_t kBufferBytes = 256 << 10;  // of a file while it is written or read

base::Status IoFault(const std::string& path) {
  return {base::StatusCode::kIo, path + ": " + std::strerror(errno),
          "sorting needs room in this folder"};
}

void AppendRow(std::string_view key, std::string_view value, std::string& out) {
  for (const std::string_view text : {key, value}) {
    const auto size = static_cast<uint32_t>(text.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
  }
  out.append(key).append(value);
}

// The eight bytes of a key from `offset` on, as a number that compares as they do.
uint64_t PrefixOf(std::string_view key, size_t offset) {
  char bytes[8] = {};
  const size_t size = std::min<size_t>(sizeof bytes, key.size() - offset);
  std::memcpy(bytes, key.data() + offset, size);
  uint64_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  static_assert(std::endian::native == std::endian::little);
  return __builtin_bswap64(number);
}

size_t CommonBytes(std::string_view a, std::string_view b) {
  const auto ends = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<size_t>(ends.first - a.begin());
}

}  // namespace

// A sorted run, each key once: a file, or what is still in memory.
class RowSorter::Run {
 public:
  explicit Run(const std::vector<Row>* rows) : rows_(rows) {}
  explicit Run(std::string path) : path_(std::move(path)) {
    file_ = std::fopen(path_.c_str(), "w+b");
  }
  ~Run() {
    if (file_ != nullptr) std::fclose(file_);
    if (!path_.empty()) std::remove(path_.c_str());
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  base::Status Write(const std::vector<Row>& rows) {
    if (file_ == nullptr) return IoFault(path_);
    for (const Row& row : rows) {
      AppendRow(row.key(), row.value(), buffer_);
      if (buffer_.size() >= kBufferBytes && !WriteBuffer()) return IoFault(path_);
    }
    if (!WriteBuffer() || std::fflush(file_) != 0) return IoFault(path_);
    std::rewind(file_);
    return {};
  }

  // False at the end, or on a fault.
  bool Next(base::Status& status) {
    at_end_ = rows_ != nullptr ? !NextInMemory() : !NextOfFile(status);
    return !at_end_;
  }
  bool at_end() const { return at_end_; }
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  bool WriteBuffer() {
    const bool written = std::fwrite(buffer_.data(), 1, buffer_.size(), file_) == buffer_.size();
    buffer_.clear();
    return written;
  }

  bool NextInMemory() {
    if (next_ == rows_->size()) return false;
    const Row& row = (*rows_)[next_++];
    key_ = row.key();
    value_ = row.value();
    return true;
  }

  bool NextOfFile(base::Status& status) {
    uint32_t sizes[2];
    if (!Fill(sizeof sizes)) {
      if (std::ferror(file_) != 0)
        status = IoFault(path_);
      else if (next_ != buffer_.size())
        status = CutShort();
      return false;
    }
    std::memcpy(sizes, buffer_.data() + next_, sizeof sizes);
    if (!Fill(sizeof sizes + sizes[0] + sizes[1])) {
      status = std::ferror(file_) != 0 ? IoFault(path_) : CutShort();
      return false;
    }
    key_ = {buffer_.data() + next_ + sizeof sizes, sizes[0]};
    value_ = {key_.data() + sizes[0], sizes[1]};
    next_ += sizeof sizes + sizes[0] + sizes[1];
    return true;
  }

  // Makes sure that the next `size` bytes of the file are in the buffer.
  bool Fill(size_t size) {
    if (buffer_.size() - next_ >= size) return true;
    buffer_.erase(0, next_);
    next_ = 0;
    const size_t kept = buffer_.size();
    buffer_.resize(std::max(size, kBufferBytes));
    const size_t got = std::fread(buffer_.data() + kept, 1, buffer_.size() - kept, file_);
    buffer_.resize(kept + got);
    return buffer_.size() >= size;
  }

  base::Status CutShort() const {
    return {base::StatusCode::kIo, path_ + ": the file ends too early"};
  }

  const std::vector<Row>* rows_ = nullptr;
  std::string path_;
  std::FILE* file_ = nullptr;
  std::string buffer_;
  size_t next_ = 0;  // row in memory, or byte of the buffer
  std::string_view key_;
  std::string_view value_;
  bool at_end_ = false;
};

RowSorter::RowSorter(std::string folder, std::string name, size_t bytes_max)
    : folder_(std::move(folder)), name_(std::move(name)), bytes_max_(bytes_max) {}
RowSorter::~RowSorter() = default;

base::Status RowSorter::Add(std::string_view key, std::string_view value) {
  char* const bytes = arena_.Take(key.size() + value.size());
  std::copy(value.begin(), value.end(), std::copy(key.begin(), key.end(), bytes));
  rows_.push_back({0, bytes, static_cast<uint32_t>(key.size()), static_cast<uint32_t>(value.size()),
                   static_cast<uint32_t>(rows_.size())});
  const size_t used = arena_.used() + rows_.size() * sizeof(Row);
  return used > bytes_max_ ? Spill() : base::Status();
}

void RowSorter::SortRows() {
  if (rows_.empty()) return;
  const std::string_view first = rows_[0].key();
  size_t common = first.size();
  for (const Row& row : rows_) common = CommonBytes(first.substr(0, common), row.key());
  for (Row& row : rows_) row.prefix = PrefixOf(row.key(), common);
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int order = a.key().compare(b.key());
    return order != 0 ? order < 0 : a.number > b.number;
  });
  // The last added of a key comes first, and stays.
  const auto same = [](const Row& a, const Row& b) {
    return a.prefix == b.prefix && a.key() == b.key();
  };
  rows_.erase(std::unique(rows_.begin(), rows_.end(), same), rows_.end());
}

base::Status RowSorter::Spill() {
  SortRows();
  auto run =
      std::make_unique<Run>(folder_ + "/" + name_ + "." + std::to_string(runs_.size()) + ".sorted");
  if (auto written = run->Write(rows_); !written.ok()) return written;
  runs_.push_back(std::move(run));
  rows_.clear();
  arena_.Clear();
  return {};
}

base::Status RowSorter::Sort() {
  SortRows();
  runs_.push_back(std::make_unique<Run>(&rows_));
  for (const auto& run : runs_) run->Next(status_);
  return status_;
}

bool RowSorter::Next() {
  if (current_ != nullptr) current_->Next(status_);
  if (!status_.ok()) return false;
  current_ = nullptr;
  for (const auto& run : runs_) {
    if (run->at_end()) continue;
    const int order = current_ == nullptr ? -1 : run->key().compare(current_->key());
    // The row of a later run takes the place of an earlier one's.
    if (order == 0) current_->Next(status_);
    if (order <= 0) current_ = run.get();
  }
  if (current_ == nullptr || !status_.ok()) return false;
  key_ = current_->key();
  value_ = current_->value();
  return true;
}

}  // namespace waymark::files
