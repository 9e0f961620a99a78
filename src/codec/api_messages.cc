#include "codec/api_messages.h"

#include <protozero/pbf_writer.hpp>

#include "codec/protobuf.h"

namespace waymark::codec {
namespace {

// Numbers of the fields in api.proto; those of pages are the same in all.
enum ProfileField : uint32_t { kJourneys = 1, kInteractions = 2, kAsOf = 3 };
enum PageField : uint32_t { kRows = 1, kNext = 2 };
enum SignalField : uint32_t { kSignal = 1, kSentence = 2 };
enum MeasureField : uint32_t { kKey = 1, kCell = 2 };

}  // namespace

void EncodeProfileAnswer(const model::CustomerJourneys& journeys, const ProfileFacts& facts,
                         std::string& out) {
  std::string bytes;
  Encode(journeys, bytes);
  protozero::pbf_writer writer(out);
  writer.add_message(kJourneys, bytes);
  if (facts.interactions != 0) writer.add_int64(kInteractions, facts.interactions);
  if (facts.as_of) writer.add_int64(kAsOf, *facts.as_of);
}

void AppendRow(const model::Step& step, std::string& page) {
  std::string bytes;
  Encode(step, bytes);
  protozero::pbf_writer(page).add_message(kRows, bytes);
}

void AppendRow(const model::Signal& signal, std::string_view sentence, std::string& page) {
  std::string bytes;
  Encode(signal, bytes);
  std::string row;
  protozero::pbf_writer writer(row);
  writer.add_message(kSignal, bytes);
  if (!sentence.empty()) writer.add_string(kSentence, sentence.data(), sentence.size());
  protozero::pbf_writer(page).add_message(kRows, row);
}

void AppendRow(const measure::CellKey& key, const measure::Cell& cell, std::string& page) {
  std::string bytes;
  measure::AppendKey(key, bytes);
  std::string row;
  protozero::pbf_writer writer(row);
  writer.add_message(kKey, bytes);
  bytes.clear();
  cell.AppendTo(bytes);
  writer.add_message(kCell, bytes);
  protozero::pbf_writer(page).add_message(kRows, row);
}

void AppendNext(std::string_view cursor, std::string& page) {
  protozero::pbf_writer(page).add_string(kNext, cursor.data(), cursor.size());
}

}  // namespace waymark::codec
