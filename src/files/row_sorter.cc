#include "files/row_sorter.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace waymark::files {

// A sorted run: a file, or what is still in memory.
struct RowSorter::Run {
  std::FILE* file = nullptr;
  std::string path;
  const std::vector<Row>* rows = nullptr;
  size_t next = 0;
  std::string key;
  std::string value;
  bool at_end = false;

  ~Run() {
    if (file != nullptr) std::fclose(file);
    if (!path.empty()) std::remove(path.c_str());
  }
};

namespace {

base::Status IoFault(const std::string& path) {
  return {base::StatusCode::kIo, path + ": " + std::strerror(errno),
          "sorting needs room in the output folder"};
}

bool WriteText(std::FILE* file, std::string_view text) {
  const auto size = static_cast<uint32_t>(text.size());
  return std::fwrite(&size, sizeof size, 1, file) == 1 &&
         std::fwrite(text.data(), 1, text.size(), file) == text.size();
}

enum class Got { kText, kEnd, kPart };

Got ReadText(std::FILE* file, std::string& text) {
  uint32_t size = 0;
  const size_t head = std::fread(&size, 1, sizeof size, file);
  if (head != sizeof size) return head == 0 ? Got::kEnd : Got::kPart;
  text.resize(size);
  return std::fread(text.data(), 1, size, file) == size ? Got::kText : Got::kPart;
}

}  // namespace

RowSorter::RowSorter(std::string folder, std::string name, size_t bytes_max)
    : folder_(std::move(folder)), name_(std::move(name)), bytes_max_(bytes_max) {}
RowSorter::~RowSorter() = default;

base::Status RowSorter::Add(std::string_view key, std::string_view value) {
  rows_.push_back({arena_.Copy(key), arena_.Copy(value)});
  const size_t used = arena_.used() + rows_.size() * sizeof(Row);
  return used > bytes_max_ ? Spill() : base::Status();
}

void RowSorter::SortRows() {
  std::stable_sort(rows_.begin(), rows_.end(),
                   [](const Row& a, const Row& b) { return a.key < b.key; });
}

base::Status RowSorter::Spill() {
  SortRows();
  auto run = std::make_unique<Run>();
  run->path = folder_ + "/" + name_ + "." + std::to_string(runs_.size()) + ".sorted";
  run->file = std::fopen(run->path.c_str(), "w+b");
  if (run->file == nullptr) return IoFault(run->path);
  for (const Row& row : rows_) {
    if (!WriteText(run->file, row.key) || !WriteText(run->file, row.value)) {
      return IoFault(run->path);
    }
  }
  if (std::fflush(run->file) != 0) return IoFault(run->path);
  std::rewind(run->file);
  runs_.push_back(std::move(run));
  rows_.clear();
  arena_.Clear();
  return {};
}

base::Status RowSorter::Sort() {
  SortRows();
  auto run = std::make_unique<Run>();
  run->rows = &rows_;
  runs_.push_back(std::move(run));
  for (const auto& r : runs_) r->at_end = !Advance(*r);
  return status_;
}

bool RowSorter::Advance(Run& run) {
  if (run.rows != nullptr) {
    if (run.next == run.rows->size()) return false;
    const Row& row = (*run.rows)[run.next++];
    run.key.assign(row.key);
    run.value.assign(row.value);
    return true;
  }
  const Got key = ReadText(run.file, run.key);
  if (key == Got::kText && ReadText(run.file, run.value) == Got::kText) return true;
  if (std::ferror(run.file) != 0) {
    status_ = IoFault(run.path);
    return false;
  }
  if (key == Got::kEnd) return false;
  status_ = {base::StatusCode::kIo, run.path + ": the file ends too early"};
  return false;
}

bool RowSorter::Next() {
  if (!status_.ok()) return false;
  Run* least = nullptr;
  for (const auto& run : runs_) {
    if (!run->at_end && (least == nullptr || run->key < least->key)) least = run.get();
  }
  if (least == nullptr) return false;
  key_ = least->key;
  // The last of the rows with this key, over all runs, in the order they were added.
  for (const auto& run : runs_) {
    while (!run->at_end && run->key == key_) {
      value_.swap(run->value);
      run->at_end = !Advance(*run);
    }
  }
  return status_.ok();
}

}  // namespace waymark::files
