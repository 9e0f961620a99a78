#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "codec/json.h"
#include "files/row_sorter.h"
#include "model/dead_letter.h"

namespace waymark::files {

// The four outputs of the contract, in its order.
enum class OutputKind { kSteps, kSignals, kJourneys, kDeadLetters };
inline constexpr int kOutputKinds = 4;
// "steps", "signals", "journeys", "dead-letters": names of topics (after the prefix) and of files.
std::string_view ToString(OutputKind kind);

// One raw record of an output as it stands in its log. Views need to live only during the call.
struct OutputRecord {
  enum class Form { kJson, kProtobuf, kDeadLetter };
  Form form = Form::kProtobuf;
  std::string_view key;                   // the profile; needed of a journeys record without value
  std::optional<std::string_view> value;  // nothing: a tombstone; not looked at for kDeadLetter
  model::DeadLetter letter;               // kDeadLetter: decoded by the source
};
using RecordVisitor = std::function<base::Status(const OutputRecord&)>;

// One side of a comparison: a folder, a file, or topics. Used by one thread.
class OutputSource {
 public:
  virtual ~OutputSource() = default;
  virtual bool Has(OutputKind kind) const = 0;
  // Hands every record of the kind over, those of a profile in the order of their log; stops at
  // the first fault, also of the visitor.
  virtual base::Status Read(OutputKind kind, const RecordVisitor& visit) = 0;
  // How much of the kind being read is done, 0 to 1.
  virtual double share() const = 0;
};

// Reduces the raw records of one output to the canonical view, in bounded memory: of each row the
// highest revision (of equal ones, and of journeys, the last in the log), without retracted and
// removed rows, without transport fields. Rows come sorted by profile and row key; what decides
// the order inside a profile is part of the row, so two views are equal exactly when their rows
// are. Dead letters have no row key: their reason and event time is one (and, asked for, the raw
// value), and the view counts how often it occurs. Used by one thread.
class CanonicalView {
 public:
  // `folder` takes sorted runs that do not fit into `bytes_max`; `name` begins their names.
  CanonicalView(OutputKind kind, std::string folder, std::string name, size_t bytes_max);

  // Dead letters are told apart by their raw values too. Before the first Add().
  void CompareRawValues() { raw_values_ = true; }

  base::Status Add(const OutputRecord& record);
  // Ends adding; then Next() gives the rows.
  base::Status Sort();
  // False at the end or on a fault; status() tells which. Views live until the next call.
  bool Next();
  std::string_view key() const { return key_; }
  // Canonical protobuf of the row.
  std::string_view value() const { return value_; }
  int64_t copies() const { return copies_; }  // more than 1 only of dead letters
  const base::Status& status() const { return sorter_.status(); }

  int64_t records() const { return records_; }
  // Rows passed by Next(), and records among them that repeat the one before: same row key,
  // revision and content. Exactly-once output has none.
  int64_t rows() const { return rows_; }
  int64_t doubled() const { return doubled_; }

 private:
  base::Status AddStep(const OutputRecord& record);
  base::Status AddSignal(const OutputRecord& record);
  base::Status AddJourneys(const OutputRecord& record);
  base::Status AddDeadLetter(const OutputRecord& record);
  template <class T>
  base::Status Decode(const OutputRecord& record, T& value);
  base::Status AddRow(int64_t order, int64_t revision, bool removed);
  void TakeRow();

  OutputKind kind_;
  RowSorter sorter_;
  codec::JsonDecoder json_;
  bool raw_values_ = false;
  int64_t records_ = 0;
  int64_t rows_ = 0;
  int64_t doubled_ = 0;
  int64_t copies_ = 0;
  bool more_ = false;      // the sorter stands on a row not taken yet
  std::string row_key_;    // of the record being added
  std::string row_value_;  // a sign, the revision, canonical bytes
  std::string key_;
  std::string raw_;        // the last record of the present row, as row_value_
  std::string_view value_;
};

}  // namespace waymark::files
