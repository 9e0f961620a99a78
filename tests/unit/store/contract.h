#pragma once

// What every Store must do; run against the memory form and RocksDB alike. A fixture gives store(),
// and Crash(), after which store() holds what a machine that stopped would find.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "store/store.h"

namespace waymark::store {

template <class Fixture>
class StoreContract : public Fixture {
 protected:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  void Put(Family family, std::string_view key, std::string_view value) {
    Batch batch;
    batch.Put(family, key, value);
    ASSERT_TRUE(this->store().Write(batch).ok());
  }
  std::optional<std::string> Get(Family family, std::string_view key) {
    auto value = this->store().Get(family, key);
    EXPECT_TRUE(value.ok());
    return *value;
  }
  Rows All(Family family, std::string_view begin = {}, std::string_view end = {}) {
    Rows rows;
    const auto cursor = this->store().Read(family, begin, end);
    while (cursor->Next()) rows.emplace_back(cursor->key(), cursor->value());
    EXPECT_TRUE(cursor->status().ok());
    return rows;
  }
  void Ingest(Family family, const std::vector<Row>& rows) {
    const base::Status status = this->store().Ingest(family, rows);
    ASSERT_TRUE(status.ok()) << status.text();
  }
};

TYPED_TEST_SUITE_P(StoreContract);

using Changes = std::map<std::string, std::optional<std::string>>;

inline std::vector<Row> RowsOf(const Changes& changes) {
  std::vector<Row> rows;
  for (const auto& [key, value] : changes) {
    rows.push_back({key, value ? std::optional<std::string_view>(*value) : std::nullopt});
  }
  return rows;
}

TYPED_TEST_P(StoreContract, ReadsWhatWasWritten) {
  Batch batch;
  batch.Put(Family::kProfiles, "a", "1");
  batch.Put(Family::kTimers, "a", "");
  batch.Put(Family::kProfiles, "b", "2");
  batch.Erase(Family::kProfiles, "b");
  batch.Put(Family::kProfiles, std::string_view("z\0\xff", 3), std::string_view("\0x", 2));
  ASSERT_TRUE(this->store().Write(batch).ok());
  EXPECT_EQ(this->Get(Family::kProfiles, "a"), "1");
  EXPECT_EQ(this->Get(Family::kTimers, "a"), "");
  EXPECT_EQ(this->Get(Family::kMeta, "a"), std::nullopt) << "families are apart";
  EXPECT_EQ(this->Get(Family::kProfiles, "b"), std::nullopt);
  EXPECT_EQ(this->Get(Family::kProfiles, std::string_view("z\0\xff", 3)), std::string("\0x", 2));
}

TYPED_TEST_P(StoreContract, GetsManyInTheirOrder) {
  this->Put(Family::kMeta, "a", "1");
  this->Put(Family::kMeta, "c", "3");
  auto values = this->store().MultiGet(Family::kMeta, {"c", "b", "a", "c"});
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(*values, (std::vector<std::optional<std::string>>{"3", std::nullopt, "1", "3"}));
}

TYPED_TEST_P(StoreContract, ReadsRangesInKeyOrder) {
  using List = typename TestFixture::Rows;
  for (const std::string_view key : {"b", "a", "\xff", "ab", "c"}) {
    this->Put(Family::kTimelines, key, key);
  }
  EXPECT_EQ(this->All(Family::kTimelines).size(), 5U);
  EXPECT_EQ(this->All(Family::kTimelines, "ab", "c"), (List{{"ab", "ab"}, {"b", "b"}}));
  EXPECT_EQ(this->All(Family::kTimelines, "c"), (List{{"c", "c"}, {"\xff", "\xff"}}));
  EXPECT_EQ(this->All(Family::kTimelines, "d", "e"), List());
  int seen = 0;
  const auto stop = [&](std::string_view, std::string_view) { return ++seen < 2; };
  ASSERT_TRUE(this->store().Scan(Family::kTimelines, {}, {}, stop).ok());
  EXPECT_EQ(seen, 2);
}

TYPED_TEST_P(StoreContract, IngestsPutsAndDeletes) {
  this->Put(Family::kTimelines, "a", "old");
  this->Put(Family::kTimelines, "b", "old");
  this->Put(Family::kTimelines, "c", "old");
  this->Ingest(Family::kTimelines, {{"a", "new"}, {"b", std::nullopt}, {"d", "new"}});
  EXPECT_EQ(this->Get(Family::kTimelines, "a"), "new");
  EXPECT_EQ(this->Get(Family::kTimelines, "b"), std::nullopt);
  EXPECT_EQ(this->Get(Family::kTimelines, "c"), "old");
  EXPECT_EQ(this->Get(Family::kTimelines, "d"), "new");
  this->Put(Family::kTimelines, "a", "newest");
  EXPECT_EQ(this->Get(Family::kTimelines, "a"), "newest");
  this->Ingest(Family::kTimelines, {});
}

TYPED_TEST_P(StoreContract, ErasesRanges) {
  for (const std::string_view key : {"a", "b", "c", "\xff"}) this->Put(Family::kMeta, key, "1");
  this->Put(Family::kTimers, "b", "1");
  ASSERT_TRUE(this->store().EraseRange(Family::kMeta, "b", "c").ok());
  EXPECT_EQ(this->All(Family::kMeta).size(), 3U);
  EXPECT_EQ(this->Get(Family::kMeta, "c"), "1");
  ASSERT_TRUE(this->store().EraseRange(Family::kMeta, "z", "b").ok()) << "nothing lies in it";
  EXPECT_EQ(this->All(Family::kMeta).size(), 3U);
  ASSERT_TRUE(this->store().EraseRange(Family::kMeta, "b", {}).ok()) << "no end";
  EXPECT_EQ(this->All(Family::kMeta).size(), 1U);
  ASSERT_TRUE(this->store().EraseRange(Family::kMeta, {}, {}).ok());
  ASSERT_TRUE(this->store().EraseRange(Family::kMeta, {}, {}).ok()) << "empty already";
  EXPECT_TRUE(this->All(Family::kMeta).empty());
  EXPECT_EQ(this->Get(Family::kTimers, "b"), "1");
}

TYPED_TEST_P(StoreContract, ACrashLosesUnflushedWritesOfAllFamiliesTogether) {
  this->Put(Family::kProfiles, "a", "flushed");
  this->Put(Family::kMeta, "mark", "flushed");
  ASSERT_TRUE(this->store().Flush().ok());
  Batch batch;
  batch.Put(Family::kProfiles, "a", "lost");
  batch.Put(Family::kProfiles, "b", "lost");
  batch.Put(Family::kMeta, "mark", "lost");
  ASSERT_TRUE(this->store().Write(batch).ok());
  ASSERT_TRUE(this->store().EraseRange(Family::kProfiles, "a", "b").ok());
  this->Crash();
  EXPECT_EQ(this->Get(Family::kProfiles, "a"), "flushed");
  EXPECT_EQ(this->Get(Family::kProfiles, "b"), std::nullopt);
  EXPECT_EQ(this->Get(Family::kMeta, "mark"), "flushed");
}

TYPED_TEST_P(StoreContract, IngestedRowsOutliveACrashAtOnce) {
  this->Put(Family::kProfiles, "a", "lost");
  this->Ingest(Family::kTimelines, {{"r", "kept"}});
  this->Crash();
  EXPECT_EQ(this->Get(Family::kTimelines, "r"), "kept");
  EXPECT_EQ(this->Get(Family::kProfiles, "a"), std::nullopt);
}

// Random writes, ingests, erased ranges and flushes against a std::map.
TYPED_TEST_P(StoreContract, IsAMapWhateverIsDone) {
  std::map<std::string, std::string> model;
  std::mt19937_64 random(3);
  for (int round = 0; round < 400; ++round) {
    Changes changes;
    for (uint64_t left = 1 + random() % 5; left > 0; --left) {
      const std::string key = "k" + std::to_string(random() % 40);
      changes[key] = random() % 4 == 0 ? std::nullopt : std::optional(std::to_string(round));
    }
    if (random() % 8 == 0) {
      this->Ingest(Family::kTimelines, RowsOf(changes));
    } else {
      Batch batch;
      for (const auto& [key, value] : changes) {
        if (value) {
          batch.Put(Family::kTimelines, key, *value);
        } else {
          batch.Erase(Family::kTimelines, key);
        }
      }
      ASSERT_TRUE(this->store().Write(batch).ok());
    }
    for (const auto& [key, value] : changes) {
      if (value) {
        model[key] = *value;
      } else {
        model.erase(key);
      }
    }
    if (random() % 20 == 0) {
      ASSERT_TRUE(this->store().EraseRange(Family::kTimelines, "k1", "k2").ok());
      model.erase(model.lower_bound("k1"), model.lower_bound("k2"));
    }
    if (random() % 20 == 0) {
      ASSERT_TRUE(this->store().Flush().ok());
    }
  }
  const std::vector<std::pair<std::string, std::string>> expected(model.begin(), model.end());
  EXPECT_EQ(this->All(Family::kTimelines), expected);
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, ReadsWhatWasWritten, GetsManyInTheirOrder,
                            ReadsRangesInKeyOrder, IngestsPutsAndDeletes, ErasesRanges,
                            ACrashLosesUnflushedWritesOfAllFamiliesTogether,
                            IngestedRowsOutliveACrashAtOnce, IsAMapWhateverIsDone);

}  // namespace waymark::store
