#pragma once

#include <memory>
#include <set>

#include "exports/log.h"
#include "exports/object_writer.h"
#include "files/row_sorter.h"

namespace waymark::exports {

// Events with the objects that they are about: objects by type and id, then events by time, or by
// id for what is stored by it.
class ObjectLog final : public Log {
 public:
  enum class EventOrder { kTime, kId };
  // `folder` takes what does not fit into `bytes_max`.
  ObjectLog(const Selection& selection, std::vector<Column> columns, EventOrder order,
            const std::string& folder, size_t bytes_max, std::unique_ptr<ObjectWriter> writer);
  base::Status Add(const model::Step& step, std::string_view bytes) override;
  base::Status Write(const Tick& tick) override;

 private:
  using Values = std::vector<std::optional<std::string>>;

  base::Status NoteType(const Event& event);
  base::Status AddObjects(const model::Step& step);
  void FindRelations(const model::Step& step);
  void PutKey(const model::Step& step);

  base::Status WriteObjects(const Tick& tick);
  base::Status TakeObjectRow(std::string_view key, std::string_view value);
  base::Status TellChanges();
  base::Status EndObject();
  base::Status WriteEvents(const Tick& tick);

  const Selection& selection_;
  OcelTypes types_;
  EventOrder order_;
  std::unique_ptr<ObjectWriter> writer_;
  files::RowSorter objects_;
  files::RowSorter events_;
  int64_t object_rows_ = 0;
  int64_t event_rows_ = 0;
  std::string key_;
  std::string value_;
  std::string activity_;
  std::string id_;

  // What a step is about: objects, and where they stand in it.
  struct Reference {
    size_t type = 0;
    std::string_view key;
    const model::Placement* placement = nullptr;  // of a journey
  };
  std::vector<Reference> references_;
  std::vector<Relation> relations_;

  // The object being written: what was told of it, and what holds from `time_` on.
  std::string object_key_;
  size_t object_type_ = 0;
  std::string object_id_;
  bool is_told_ = false;
  Values told_;
  Values values_;
  int64_t time_ = 0;
  std::set<std::pair<size_t, std::string>> related_;
};

inline constexpr size_t kEventTypesMax = 1000;

}  // namespace waymark::exports
