#include "files/chunk_reader.h"

#include "unit/files/temporary_folder.h"

namespace waymark::files {
namespace {

struct Row {
  std::string text;
  int64_t number;
  friend bool operator==(const Row&, const Row&) = default;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.number << ':' << row.text; }
};

constexpr size_t kRecordMax = 40;

class ChunkReaderTest : public testing::Test {
 protected:
  base::Result<std::vector<Row>> Rows(FileFormat format, const std::string& path, size_t bytes) {
    ChunkReader reader(format, bytes, kRecordMax);
    WAYMARK_RETURN_IF_ERROR(reader.Open(path, 0));
    std::vector<Row> rows;
    while (true) {
      WAYMARK_ASSIGN_OR_RETURN(const auto chunk, reader.Next());
      if (!chunk) return rows;
      EXPECT_FALSE(chunk->rows.empty());
      for (const Chunk::Row& row : chunk->rows) {
        rows.push_back({std::string(row.bytes), row.number});
      }
    }
  }

  // Any chunk size gives the same rows.
  void Expect(FileFormat format, std::string_view text, const std::vector<Row>& expected) {
    const std::string path = folder_.Write("input", text);
    for (size_t bytes = 1; bytes <= 64; ++bytes) {
      const auto rows = Rows(format, path, bytes);
      ASSERT_TRUE(rows.ok()) << rows.status().message();
      ASSERT_EQ(*rows, expected) << "chunks of " << bytes;
    }
  }

  TemporaryFolder folder_;
};

std::string Long(size_t size) { return std::string(size, 'x'); }

std::string Message(const std::string& bytes) {
  std::string out;
  size_t size = bytes.size();
  for (; size >= 0x80; size >>= 7) out.push_back(static_cast<char>(size | 0x80));
  out.push_back(static_cast<char>(size));
  return out + bytes;
}

TEST_F(ChunkReaderTest, LinesAreNumbered) {
  Expect(FileFormat::kJsonLines, "{\"a\":1}\n{}\n[]\n", {{"{\"a\":1}", 1}, {"{}", 2}, {"[]", 3}});
}

TEST_F(ChunkReaderTest, LastLineNeedsNoBreak) {
  Expect(FileFormat::kJsonLines, "{}\n{\"b\":2}", {{"{}", 1}, {"{\"b\":2}", 2}});
}

TEST_F(ChunkReaderTest, EmptyLinesAreNoRowsButCount) {
  Expect(FileFormat::kJsonLines, "\n{}\n\r\n\n[]\n", {{"{}", 2}, {"[]", 5}});
}

TEST_F(ChunkReaderTest, CarriageReturnIsNotPartOfTheRow) {
  Expect(FileFormat::kJsonLines, "{}\r\n[]\r\n", {{"{}", 1}, {"[]", 2}});
  Expect(FileFormat::kCsv, "a,b\r\n\"x\r\ny\",2\r\n", {{"a,b", 1}, {"\"x\r\ny\",2", 2}});
}

TEST_F(ChunkReaderTest, EmptyFileHasNoRows) {
  for (const FileFormat format :
       {FileFormat::kJsonLines, FileFormat::kCsv, FileFormat::kProtobuf}) {
    Expect(format, "", {});
  }
}

TEST_F(ChunkReaderTest, QuotedBreaksStayInTheCsvRow) {
  Expect(FileFormat::kCsv, "a,b\n\"one\ntwo\n\",\"say \"\"hi\"\"\"\nlast,1\n",
         {{"a,b", 1}, {"\"one\ntwo\n\",\"say \"\"hi\"\"\"", 2}, {"last,1", 5}});
}

TEST_F(ChunkReaderTest, LongestLineIsWhole) {
  const std::string line = Long(kRecordMax);
  Expect(FileFormat::kJsonLines, line + "\n{}\n", {{line, 1}, {"{}", 2}});
  Expect(FileFormat::kJsonLines, line + "\r\n{}\n", {{line, 1}, {"{}", 2}});
  Expect(FileFormat::kJsonLines, line, {{line, 1}});
}

TEST_F(ChunkReaderTest, OversizedLineIsCutToOneByteMore) {
  const std::string cut = Long(kRecordMax + 1);
  for (const size_t size : {41u, 42u, 43u, 80u, 500u}) {
    Expect(FileFormat::kJsonLines, Long(size) + "\n{}\n", {{cut, 1}, {"{}", 2}});
    Expect(FileFormat::kJsonLines, "{}\n" + Long(size), {{"{}", 1}, {cut, 2}});
  }
}

TEST_F(ChunkReaderTest, OversizedCsvRowEndsWhereItsQuotesEnd) {
  const std::string row = "\"" + Long(60) + "\n" + Long(60) + "\n\",1";
  Expect(FileFormat::kCsv, row + "\nnext,2\n",
         {{row.substr(0, kRecordMax + 1), 1}, {"next,2", 4}});
}

TEST_F(ChunkReaderTest, MessagesOfProtobuf) {
  const std::string text = Message("one") + Message("") + Message(std::string("\0\n\r", 3));
  Expect(FileFormat::kProtobuf, text, {{"one", 1}, {"", 2}, {std::string("\0\n\r", 3), 3}});
}

TEST_F(ChunkReaderTest, OversizedMessageIsCut) {
  for (const size_t size : {41u, 127u, 128u, 400u}) {
    Expect(FileFormat::kProtobuf, Message(Long(size)) + Message("next"),
           {{Long(kRecordMax + 1), 1}, {"next", 2}});
  }
}

TEST_F(ChunkReaderTest, BrokenProtobufIsAFault) {
  const std::string whole = Message("whole");
  for (const std::string& text :
       {whole + Message("cut short").substr(0, 4), whole + "\x80", std::string(12, '\xff')}) {
    const std::string path = folder_.Write("broken", text);
    for (const size_t bytes : {1u, 7u, 64u}) {
      const auto rows = Rows(FileFormat::kProtobuf, path, bytes);
      ASSERT_FALSE(rows.ok());
      EXPECT_EQ(rows.status().code(), base::StatusCode::kIo);
    }
  }
}

}  // namespace
}  // namespace waymark::files
