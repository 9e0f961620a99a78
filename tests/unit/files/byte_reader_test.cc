#include "files/byte_reader.h"

#include <random>

#include "unit/files/temporary_folder.h"

namespace waymark::files {
namespace {

// Text that packs, and is large enough to cross the packers' blocks.
std::string Sample(size_t size) {
  std::mt19937_64 random(7);
  std::string text;
  while (text.size() < size) text += "{\"id\":\"" + std::to_string(random() % 100'000) + "\"}\n";
  text.resize(size);
  return text;
}

base::Status WriteAll(const std::string& path, std::string_view bytes) {
  WAYMARK_ASSIGN_OR_RETURN(const auto writer, OpenForWriting(path));
  // In pieces, as the replay does it.
  while (!bytes.empty()) {
    WAYMARK_RETURN_IF_ERROR(writer->Write(bytes.substr(0, 100'000)));
    bytes.remove_prefix(std::min<size_t>(100'000, bytes.size()));
  }
  return writer->Close();
}

base::Result<std::string> ReadBy(const std::string& path, size_t size) {
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, OpenForReading(path));
  std::string text;
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(const bool more, reader->Read(size, text));
    if (!more) return text;
  }
}

class PackedFile : public testing::TestWithParam<const char*> {
 protected:
  std::string Path() const { return folder_.File(std::string("data.jsonl") + GetParam()); }
  bool IsPacked() const { return *GetParam() != '\0'; }
  TemporaryFolder folder_;
};

TEST_P(PackedFile, IsReadAsItWasWritten) {
  const std::string text = Sample(1'500'000);
  ASSERT_TRUE(WriteAll(Path(), text).ok());
  for (const size_t size : {1'000u, 65'536u, 131'072u, 1'499'999u, 1'500'000u, 4'000'000u}) {
    const auto read = ReadBy(Path(), size);
    ASSERT_TRUE(read.ok()) << size << ": " << read.status().message();
    EXPECT_TRUE(*read == text) << size;
  }
  EXPECT_EQ(std::filesystem::file_size(Path()) < text.size(), IsPacked());
}

TEST_P(PackedFile, MayBeEmpty) {
  ASSERT_TRUE(WriteAll(Path(), "").ok());
  const auto read = ReadBy(Path(), 100);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(*read, "");
}

TEST_P(PackedFile, AppearsOnlyWhenClosed) {
  {
    const auto writer = OpenForWriting(Path());
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Write("half a file").ok());
    EXPECT_FALSE(std::filesystem::exists(Path()));
  }
  EXPECT_EQ(folder_.CountFiles(), 0u);
}

TEST_P(PackedFile, CutShortIsAFault) {
  if (!IsPacked()) return;  // Plain text has no end of its own.
  ASSERT_TRUE(WriteAll(Path(), Sample(300'000)).ok());
  std::filesystem::resize_file(Path(), std::filesystem::file_size(Path()) - 20);
  const auto read = ReadBy(Path(), 4'096);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().code(), base::StatusCode::kIo);
  EXPECT_NE(read.status().message().find(Path()), std::string::npos);
}

TEST_P(PackedFile, BeyondTheLimitIsRefused) {
  ASSERT_TRUE(WriteAll(Path(), Sample(5'000)).ok());
  EXPECT_TRUE(ReadFile(Path(), 5'000).ok());
  EXPECT_FALSE(ReadFile(Path(), 4'999).ok());
}

INSTANTIATE_TEST_SUITE_P(Suffixes, PackedFile, testing::Values("", ".gz", ".zst"),
                         [](const auto& test) {
                           const std::string suffix = test.param;
                           return suffix.empty() ? "plain" : suffix.substr(1);
                         });

TEST(ByteReader, ZstdGarbageIsAFault) {
  const TemporaryFolder folder;
  const auto read = ReadBy(folder.Write("data.zst", "this was never packed"), 100);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().code(), base::StatusCode::kIo);
}

TEST(ByteReader, FolderAndMissingFileAreFaults) {
  const TemporaryFolder folder;
  EXPECT_FALSE(OpenForReading(folder.path()).ok());
  EXPECT_FALSE(OpenForReading(folder.File("absent")).ok());
  EXPECT_FALSE(OpenForReading(folder.File("absent.gz")).ok());
  EXPECT_FALSE(OpenForWriting(folder.File("absent/file")).ok());
}

TEST(FileNames, SuffixIsSeenBelowThePacking) {
  EXPECT_TRUE(HasSuffix("a/steps.jsonl", ".jsonl"));
  EXPECT_TRUE(HasSuffix("a/steps.jsonl.gz", ".jsonl"));
  EXPECT_TRUE(HasSuffix("steps.pb.zst", ".pb"));
  EXPECT_FALSE(HasSuffix("steps.gz", ".jsonl"));
  EXPECT_EQ(BaseName("data/events.csv.gz"), "events.csv.gz");
}

}  // namespace
}  // namespace waymark::files
