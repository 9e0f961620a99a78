#include "app/published_signals.h"

#include <algorithm>
#include <filesystem>

#include "app/kafka_setup.h"
#include "app/progress_bar.h"
#include "app/topic_source.h"
#include "base/time.h"
#include "codec/json.h"
#include "codec/protobuf.h"
#include "files/file_source.h"

namespace waymark::app {

base::Status PublishedSignals::Read(const std::string& source, std::span<const std::string> ids,
                                    const config::Settings& settings) {
  auto opened = TopicSource::IsAddress(source)
                    ? TopicSource::Open(source, ClientSettingsOf(settings),
                                        settings.kafka.connect_timeout)
                    : files::FileSource::Open(source);
  if (!opened.ok()) return opened.status();
  if (!(*opened)->Has(files::OutputKind::kSignals)) {
    return {base::StatusCode::kConfig, source + ": holds no signals",
            "name a folder that `waymark replay` wrote, its signals file, or "
            "kafka://BROKERS/PREFIX"};
  }
  return Read(**opened, ids);
}

base::Status PublishedSignals::ReadBeside(const std::string& state_folder,
                                          std::span<const std::string> ids) {
  const std::string folder =
      std::filesystem::absolute(state_folder + "/.").parent_path().parent_path().string();
  const auto opened = files::FileSource::Open(folder);
  if (!opened.ok() || !(*opened)->Has(files::OutputKind::kSignals)) return {};
  return Read(**opened, ids);
}

base::Status PublishedSignals::Read(files::OutputSource& source,
                                    std::span<const std::string> ids) {
  const base::SystemClock clock;
  ProgressBar progress("signals read", clock);
  codec::JsonDecoder json;
  model::Signal row;
  int64_t records = 0;
  return source.Read(files::OutputKind::kSignals, [&](const files::OutputRecord& record) {
    progress.Update(source.share(), ++records);
    if (!record.value) return base::Status();
    const auto is_in = [&](const std::string& id) {
      return record.value->find(id) != std::string_view::npos;
    };
    if (std::ranges::none_of(ids, is_in)) return base::Status();
    const base::Status decoded = record.form == files::OutputRecord::Form::kJson
                                     ? json.Decode(*record.value, row)
                                     : codec::Decode(*record.value, row);
    if (decoded.ok() && std::ranges::find(ids, row.id) != ids.end()) Take(row);
    return decoded;
  });
}

void PublishedSignals::Take(const model::Signal& row) {
  PublishedSignal& known = signals_[std::string(row.id)];
  ++known.rows;
  if (known.rows > 1 && row.revision < known.signal.revision) return;
  known.signal = {};
  known.signal.id = arena_.Copy(row.id);
  known.signal.profile_id = arena_.Copy(row.profile_id);
  known.signal.journey_id = arena_.Copy(row.journey_id);
  known.signal.kind = row.kind;
  known.signal.name = arena_.Copy(row.name);
  known.signal.time = row.time;
  known.signal.revision = row.revision;
  known.signal.retracted = row.retracted;
}

}  // namespace waymark::app
