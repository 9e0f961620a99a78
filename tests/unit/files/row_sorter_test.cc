#include "files/row_sorter.h"

#include <map>
#include <random>

#include "unit/files/temporary_folder.h"

namespace waymark::files {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows ReadAll(RowSorter& sorter) {
  Rows rows;
  EXPECT_TRUE(sorter.Sort().ok());
  while (sorter.Next()) rows.emplace_back(sorter.key(), sorter.value());
  EXPECT_TRUE(sorter.status().ok()) << sorter.status().message();
  return rows;
}

TEST(RowSorter, SortsByBytesAndKeepsTheLastOfAKey) {
  const TemporaryFolder folder;
  RowSorter sorter(folder.path(), "rows", 1 << 20);
  const Rows added = {{"b", "1"}, {"a", "2"}, {"b", "3"}, {"\xff", "4"}, {"", "5"}, {"a", ""}};
  for (const auto& [key, value] : added) ASSERT_TRUE(sorter.Add(key, value).ok());
  EXPECT_EQ(ReadAll(sorter), (Rows{{"", "5"}, {"a", ""}, {"b", "3"}, {"\xff", "4"}}));
  EXPECT_EQ(folder.CountFiles(), 0u);
}

TEST(RowSorter, NothingAddedIsNothingRead) {
  const TemporaryFolder folder;
  RowSorter sorter(folder.path(), "rows", 100);
  EXPECT_EQ(ReadAll(sorter), Rows());
}

// Every limit, from one row a run to all in memory, gives what a map gives.
TEST(RowSorter, SpillingChangesNothing) {
  const TemporaryFolder folder;
  for (const size_t limit : {1u, 100u, 1'000u, 20'000u, 1'000'000u}) {
    std::mt19937 random(limit);
    RowSorter sorter(folder.path(), "rows", limit);
    std::map<std::string, std::string> expected;
    for (int i = 0; i < 200; ++i) {
      const std::string key = std::to_string(random() % 60) + std::string(random() % 3, '\0');
      const std::string value = std::to_string(i) + std::string(random() % 50, 'v');
      expected[key] = value;
      ASSERT_TRUE(sorter.Add(key, value).ok());
    }
    EXPECT_EQ(folder.CountFiles() > 0, limit < 20'000) << limit;
    EXPECT_EQ(ReadAll(sorter), Rows(expected.begin(), expected.end())) << limit;
  }
  EXPECT_EQ(folder.CountFiles(), 0u);
}

TEST(RowSorter, FolderThatCannotBeWrittenIsAFault) {
  const TemporaryFolder folder;
  RowSorter sorter(folder.File("absent"), "rows", 1);
  const auto status = sorter.Add("key", "value");
  EXPECT_EQ(status.code(), base::StatusCode::kIo);
}

TEST(RowSorter, RunThatWasCutShortIsAFault) {
  const TemporaryFolder folder;
  RowSorter sorter(folder.path(), "rows", 200);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(sorter.Add("key" + std::to_string(i), std::string(40, 'v')).ok());
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 3);
  }
  auto status = sorter.Sort();
  while (sorter.Next()) {
  }
  EXPECT_EQ(sorter.status().code(), base::StatusCode::kIo);
}

}  // namespace
}  // namespace waymark::files
