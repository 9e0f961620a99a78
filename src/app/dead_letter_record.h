#pragma once

#include "base/status.h"
#include "model/dead_letter.h"
#include "stream/consumer.h"

namespace waymark::app {

// A dead letter as it stands in its topic: the raw record, what is known of it in headers. Its
// texts live as long as the record's. Fails with kInvalid where it is none.
base::Result<model::DeadLetter> ParseDeadLetter(const stream::Record& record);

}  // namespace waymark::app
