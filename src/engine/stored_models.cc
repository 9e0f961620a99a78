#include "engine/stored_models.h"

#include <array>
#include <cstdio>
#include <string_view>

namespace waymark::engine {
namespace {

constexpr std::string_view kModelPrefix = "\xff\xff" "model-";
constexpr std::string_view kModelEnd = "\xff\xff" "model.";

std::string KeyOf(size_t number) {
  std::array<char, 16> text{};
  const int size = std::snprintf(text.data(), text.size(), "%06zu", number);
  return std::string(kModelPrefix) + std::string(text.data(), static_cast<size_t>(size));
}

}  // namespace

base::Status StoreModels(store::Store& store, const std::vector<PublishedModel>& models) {
  WAYMARK_ASSIGN_OR_RETURN(const std::vector<std::string> stored, StoredModels(store));
  store::Batch batch;
  for (size_t i = 0; i < models.size(); ++i) {
    const std::string& json = models[i].definition.json;
    if (i >= stored.size() || stored[i] != json) {
      batch.Put(store::Family::kMeta, KeyOf(i), json);
    }
  }
  for (size_t i = models.size(); i < stored.size(); ++i) {
    batch.Erase(store::Family::kMeta, KeyOf(i));
  }
  return batch.empty() ? base::Status() : store.Write(batch);
}

base::Result<std::vector<std::string>> StoredModels(const store::Store& store) {
  std::vector<std::string> definitions;
  const auto cursor = store.Read(store::Family::kMeta, kModelPrefix, kModelEnd);
  while (cursor->Next()) definitions.emplace_back(cursor->value());
  WAYMARK_RETURN_IF_ERROR(cursor->status());
  return definitions;
}

}  // namespace waymark::engine
