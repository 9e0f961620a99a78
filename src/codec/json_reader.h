#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codec/messages.h"

namespace waymark::codec {

// How reading a JSON object went.
struct JsonOutcome {
  enum class Kind {
    kGood,
    kMalformed,  // No JSON object, or bad UTF-8; fields up to the fault may be set.
    kBadValue,   // A value that its field can't hold; all other fields are set.
  };
  Kind kind = Kind::kGood;
  std::string text;  // what is wrong and where, such as "rating.nps: not a whole number"
  bool good() const { return kind == Kind::kGood; }
};

// Reads JSON objects into values, whose texts are views into buffers that live until the next Read.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonOutcome Read(std::string_view json, model::Interaction& value);
  JsonOutcome Read(std::string_view json, model::Step& value);
  JsonOutcome Read(std::string_view json, model::Signal& value);
  JsonOutcome Read(std::string_view json, model::CustomerJourneys& value);
  JsonOutcome Read(std::string_view json, model::DeadLetter& value);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waymark::codec
