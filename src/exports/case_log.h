#pragma once

#include <memory>

#include "exports/event.h"
#include "exports/log.h"
#include "files/row_sorter.h"

namespace waymark::exports {

// Takes cases one after another.
class CaseWriter {
 public:
  virtual ~CaseWriter() = default;
  // True: the last event of a case is to be known where the case begins.
  virtual bool wants_last() const = 0;
  virtual base::Status Begin() = 0;
  // `last`: where it is wanted; of its step only what holds for the case is there.
  virtual base::Status BeginCase(std::string_view id, const Event& last) = 0;
  virtual base::Status AddEvent(const Event& event) = 0;
  virtual base::Status EndCase() = 0;
  virtual base::Status End() = 0;
};

// Events by case: cases by profile and id, the events of one in the order of its profile.
class CaseLog final : public Log {
 public:
  // `folder` takes what does not fit into `bytes_max`.
  CaseLog(const Selection& selection, const std::string& folder, size_t bytes_max,
          std::unique_ptr<CaseWriter> writer);
  base::Status Add(const model::Step& step, std::string_view bytes) override;
  base::Status Write(const Tick& tick) override;

 private:
  base::Status AddTo(std::string_view case_id, int placement, const model::Step& step,
                     std::string_view bytes);
  base::Status AddLast(int placement, const model::Step& step);
  std::string_view CaseIdOf(const Event& event) const;
  base::Status BeginCase(int placement);

  const Selection& selection_;
  std::unique_ptr<CaseWriter> writer_;
  files::RowSorter sorter_;
  int64_t rows_ = 0;
  std::string key_;
  std::string value_;
  // While writing.
  std::string case_key_;
  std::string last_bytes_;
  model::Step last_;
  model::Step step_;
};

}  // namespace waymark::exports
