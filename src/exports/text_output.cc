#include "exports/text_output.h"

namespace waymark::exports {

base::Status TextOutput::Pass() {
  constexpr size_t kPieceBytes = 1 << 20;
  if (text_.size() < kPieceBytes) return {};
  WAYMARK_RETURN_IF_ERROR(writer_->Write(text_));
  text_.clear();
  return {};
}

base::Status TextOutput::Close() {
  WAYMARK_RETURN_IF_ERROR(writer_->Write(text_));
  text_.clear();
  return writer_->Close();
}

}  // namespace waymark::exports
