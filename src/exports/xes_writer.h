#pragma once

#include "exports/case_log.h"
#include "exports/columns.h"
#include "exports/text_output.h"

namespace waymark::exports {

// XES, IEEE 1849-2016.
class XesWriter final : public CaseWriter {
 public:
  XesWriter(const Selection& selection, std::vector<Column> columns,
            std::unique_ptr<files::ByteWriter> writer);
  bool wants_last() const override { return true; }
  base::Status Begin() override;
  base::Status BeginCase(std::string_view id, const Event& last) override;
  base::Status AddEvent(const Event& event) override;
  base::Status EndCase() override;
  base::Status End() override;

 private:
  bool IsOfCase(const Column& column) const;
  void AppendColumn(const Column& column, const Event& event, std::string_view indent);

  const Selection& selection_;
  std::vector<Column> columns_;
  TextOutput output_;
  std::string activity_;
};

}  // namespace waymark::exports
