#include "files/byte_reader.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

namespace waymark::files {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

base::Status IoFault(const std::string& path, std::string_view what) {
  return {base::StatusCode::kIo, path + ": " + std::string(what)};
}

class PlainReader final : public ByteReader {
 public:
  PlainReader(std::string path, File file) : path_(std::move(path)), file_(std::move(file)) {}
  base::Result<bool> Read(size_t size, std::string& out) override {
    const size_t before = out.size();
    out.resize(before + size);
    const size_t got = std::fread(out.data() + before, 1, size, file_.get());
    out.resize(before + got);
    if (std::ferror(file_.get()) != 0) return IoFault(path_, std::strerror(errno));
    consumed_ += got;
    return got > 0;
  }
  uint64_t consumed() const override { return consumed_; }

 private:
  std::string path_;
  File file_;
  uint64_t consumed_ = 0;
};

class GzipReader final : public ByteReader {
 public:
  GzipReader(std::string path, gzFile file) : path_(std::move(path)), file_(file) {
    gzbuffer(file_, 256 * 1024);
  }
  ~GzipReader() override { gzclose(file_); }
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  base::Result<bool> Read(size_t size, std::string& out) override {
    const size_t before = out.size();
    out.resize(before + size);
    const int got = gzread(file_, out.data() + before, static_cast<unsigned>(size));
    out.resize(before + static_cast<size_t>(std::max(got, 0)));
    int code = Z_OK;
    const char* const why = gzerror(file_, &code);
    if (code != Z_OK && code != Z_STREAM_END) return IoFault(path_, why);
    return got > 0;
  }
  uint64_t consumed() const override {
    return static_cast<uint64_t>(std::max<z_off_t>(gzoffset(file_), 0));
  }

 private:
  std::string path_;
  gzFile file_;
};

class ZstdReader final : public ByteReader {
 public:
  ZstdReader(std::string path, File file)
      : path_(std::move(path)), file_(std::move(file)), stream_(ZSTD_createDStream()) {
    packed_.resize(ZSTD_DStreamInSize());
  }
  ~ZstdReader() override { ZSTD_freeDStream(stream_); }
  ZstdReader(const ZstdReader&) = delete;
  ZstdReader& operator=(const ZstdReader&) = delete;

  base::Result<bool> Read(size_t size, std::string& out) override {
    const size_t before = out.size();
    out.resize(before + size);
    ZSTD_outBuffer to{out.data() + before, size, 0};
    while (to.pos < to.size) {
      if (in_.pos == in_.size && !Fill()) break;
      const size_t left = ZSTD_decompressStream(stream_, &to, &in_);
      if (ZSTD_isError(left) != 0) return IoFault(path_, ZSTD_getErrorName(left));
      mid_frame_ = left != 0;
    }
    out.resize(before + to.pos);
    if (std::ferror(file_.get()) != 0) return IoFault(path_, std::strerror(errno));
    if (to.pos == 0 && mid_frame_) return IoFault(path_, "the packed file ends too early");
    return to.pos > 0;
  }
  uint64_t consumed() const override { return consumed_; }

 private:
  bool Fill() {
    const size_t got = std::fread(packed_.data(), 1, packed_.size(), file_.get());
    consumed_ += got;
    in_ = {packed_.data(), got, 0};
    return got > 0;
  }
  std::string path_;
  File file_;
  ZSTD_DStream* stream_;
  std::vector<char> packed_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool mid_frame_ = false;
  uint64_t consumed_ = 0;
};

// What all writers share: the partial file's name, and the renaming at the end.
class FileWriter : public ByteWriter {
 public:
  FileWriter(std::string path, File file) : path_(std::move(path)), file_(std::move(file)) {}
  ~FileWriter() override {
    if (!file_) return;
    file_.reset();
    std::remove(PartialName(path_).c_str());
  }
  static std::string PartialName(const std::string& path) { return path + ".partial"; }

 protected:
  base::Status WriteBytes(const void* bytes, size_t size) {
    if (std::fwrite(bytes, 1, size, file_.get()) == size) return {};
    return IoFault(path_, std::strerror(errno));
  }
  base::Status Finish() {
    const std::string partial = PartialName(path_);
    const bool is_whole = std::fclose(file_.release()) == 0;
    if (is_whole && std::rename(partial.c_str(), path_.c_str()) == 0) return {};
    const base::Status fault = IoFault(path_, std::strerror(errno));
    std::remove(partial.c_str());
    return fault;
  }
  std::string path_;
  File file_;
};

class PlainWriter final : public FileWriter {
 public:
  using FileWriter::FileWriter;
  base::Status Write(std::string_view bytes) override {
    return WriteBytes(bytes.data(), bytes.size());
  }
  base::Status Close() override { return Finish(); }
};

class GzipWriter final : public FileWriter {
 public:
  GzipWriter(std::string path, File file) : FileWriter(std::move(path), std::move(file)) {
    constexpr int kGzip = 15 + 16;
    deflateInit2(&stream_, 5, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
  }
  ~GzipWriter() override { deflateEnd(&stream_); }
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;
  base::Status Write(std::string_view bytes) override { return Pack(bytes, Z_NO_FLUSH); }
  base::Status Close() override {
    WAYMARK_RETURN_IF_ERROR(Pack({}, Z_FINISH));
    return Finish();
  }

 private:
  base::Status Pack(std::string_view bytes, int mode) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::vector<Bytef> packed(128 * 1024);
    do {
      stream_.next_out = packed.data();
      stream_.avail_out = static_cast<uInt>(packed.size());
      deflate(&stream_, mode);
      WAYMARK_RETURN_IF_ERROR(WriteBytes(packed.data(), packed.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
    return {};
  }
  z_stream stream_{};
};

class ZstdWriter final : public FileWriter {
 public:
  ZstdWriter(std::string path, File file)
      : FileWriter(std::move(path), std::move(file)), stream_(ZSTD_createCStream()) {
    ZSTD_initCStream(stream_, 3);
    packed_.resize(ZSTD_CStreamOutSize());
  }
  ~ZstdWriter() override { ZSTD_freeCStream(stream_); }
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;
  base::Status Write(std::string_view bytes) override { return Pack(bytes, ZSTD_e_continue); }
  base::Status Close() override {
    WAYMARK_RETURN_IF_ERROR(Pack({}, ZSTD_e_end));
    return Finish();
  }

 private:
  base::Status Pack(std::string_view bytes, ZSTD_EndDirective mode) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (true) {
      ZSTD_outBuffer out{packed_.data(), packed_.size(), 0};
      const size_t left = ZSTD_compressStream2(stream_, &out, &in, mode);
      if (ZSTD_isError(left) != 0) return IoFault(path_, ZSTD_getErrorName(left));
      WAYMARK_RETURN_IF_ERROR(WriteBytes(packed_.data(), out.pos));
      if (mode == ZSTD_e_end ? left == 0 : in.pos == in.size) return {};
    }
  }
  ZSTD_CStream* stream_;
  std::vector<char> packed_;
};

}  // namespace

base::Result<std::unique_ptr<ByteReader>> OpenForReading(const std::string& path) {
  if (std::filesystem::is_directory(path)) return IoFault(path, "is a folder, not a file");
  if (path.ends_with(".gz")) {
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) return IoFault(path, std::strerror(errno));
    return std::unique_ptr<ByteReader>(new GzipReader(path, file));
  }
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) return IoFault(path, std::strerror(errno));
  if (path.ends_with(".zst")) {
    return std::unique_ptr<ByteReader>(new ZstdReader(path, std::move(file)));
  }
  return std::unique_ptr<ByteReader>(new PlainReader(path, std::move(file)));
}

base::Result<std::string> ReadFile(const std::string& path, size_t limit) {
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, OpenForReading(path));
  std::string text;
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(const bool more, reader->Read(1 << 20, text));
    if (!more) return text;
    if (text.size() > limit) return IoFault(path, "is larger than " + std::to_string(limit));
  }
}

base::Result<std::unique_ptr<ByteWriter>> OpenForWriting(const std::string& path) {
  File file(std::fopen(FileWriter::PartialName(path).c_str(), "wb"));
  if (!file) return IoFault(path, std::strerror(errno));
  std::setvbuf(file.get(), nullptr, _IOFBF, 256 * 1024);
  if (path.ends_with(".gz")) {
    return std::unique_ptr<ByteWriter>(new GzipWriter(path, std::move(file)));
  }
  if (path.ends_with(".zst")) {
    return std::unique_ptr<ByteWriter>(new ZstdWriter(path, std::move(file)));
  }
  return std::unique_ptr<ByteWriter>(new PlainWriter(path, std::move(file)));
}

std::string BaseName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

bool HasSuffix(const std::string& path, std::string_view suffix) {
  std::string_view name = path;
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.remove_suffix(packed.size());
  }
  return name.ends_with(suffix);
}

}  // namespace waymark::files
