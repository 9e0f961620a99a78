#pragma once

#include <librdkafka/rdkafka.h>

#include <string_view>

#include "base/status.h"
#include "kafka/handles.h"

namespace waymark::kafka {

// What may be done about a fault. What the table does not name is fatal.
enum class ErrorClass {
  kRetriable,  // The same request may succeed later.
  kAbort,      // The open transaction cannot be committed, the client lives on.
  kFatal,      // This client will not work again, or somebody must change something first.
};

ErrorClass Classify(rd_kafka_resp_err_t code);

// What an operator can do about the fault; empty where there is nothing but waiting.
std::string_view HintFor(rd_kafka_resp_err_t code);

// "what: <the library's text> (<name of the code>)", with the code's class and hint. `detail`
// replaces the library's text where it knows more.
base::Status MakeStatus(rd_kafka_resp_err_t code, std::string_view what,
                        std::string_view detail = {});

// The same for an error object: its own flags (fatal, requires abort, retriable) go before the
// table. Ok where there is none.
base::Status MakeStatus(const rd_kafka_error_t* error, std::string_view what);
inline base::Status MakeStatus(const ErrorHandle& error, std::string_view what) {
  return MakeStatus(error.get(), what);
}

// The fault that made a client unusable; ok where it is usable.
base::Status FatalStatus(rd_kafka_t* client, std::string_view what);

}  // namespace waymark::kafka
