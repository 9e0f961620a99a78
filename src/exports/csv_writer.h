#pragma once

#include "exports/case_log.h"
#include "exports/columns.h"
#include "exports/text_output.h"

namespace waymark::exports {

// A row an event of a case, RFC 4180, under a header row.
class CsvWriter final : public CaseWriter {
 public:
  CsvWriter(const Selection& selection, std::vector<Column> columns,
            std::unique_ptr<files::ByteWriter> writer);
  bool wants_last() const override { return false; }
  base::Status Begin() override;
  base::Status BeginCase(std::string_view id, const Event& last) override;
  base::Status AddEvent(const Event& event) override;
  base::Status EndCase() override { return {}; }
  base::Status End() override { return output_.Close(); }

 private:
  const Selection& selection_;
  std::vector<Column> columns_;
  TextOutput output_;
  std::string case_;
  std::string activity_;
};

}  // namespace waymark::exports
