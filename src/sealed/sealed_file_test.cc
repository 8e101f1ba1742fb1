#include "sealed/sealed_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "crypto/random.h"
#include "os/simulated_file_system.h"

namespace basalt::sealed {
namespace {

constexpr size_t kHeader = 96;
constexpr size_t kChunk = 4096;
constexpr size_t kChunkStride = 4096 + 16;
constexpr size_t kFrameOverhead = 24 + 16;

std::string Pattern(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& c : text) {
    c = static_cast<char>(random());
  }
  return text;
}

Result<std::string> ReadAll(const SealedReader& reader) {
  std::string content(reader.logical_size() + 10, '\0');
  TRY_ASSIGN(const size_t read, reader.Read(0, content.size(), content.data()));
  content.resize(read);
  return content;
}

class SealedFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(files_->CreateDirectories("/d").ok());
    keyring_ = Keyring::Create(*files_, "/d", "directory-1", crypto::RandomSecret(32)).value();
  }

  std::unique_ptr<SealedWriter> NewWriter(const std::string& path, Layout layout) {
    auto writer = NewSealedWriter(*files_, path, layout, keyring_);
    EXPECT_TRUE(writer.ok());
    return std::move(writer).value();
  }

  // Each part is one Append; an empty part is a Sync.
  void Write(const std::string& path, Layout layout, const std::vector<std::string>& parts, bool close) {
    const auto writer = NewWriter(path, layout);
    for (const std::string& part : parts) {
      ASSERT_TRUE((part.empty() ? writer->Sync() : writer->Append(part)).ok());
    }
    if (close) {
      ASSERT_TRUE(writer->Close().ok());
    }
  }

  Result<std::string> Read(const std::string& path) {
    TRY_ASSIGN(const auto reader, NewSealedReader(*files_, path, keyring_));
    EXPECT_EQ(LogicalSize(*files_, path, *keyring_).value(), reader->logical_size());
    return ReadAll(*reader);
  }

  std::string Raw(const std::string& path) { return files_->ReadFile(path).value(); }

  void ExpectDamaged(const std::string& path, const std::string& where) {
    const FileVerdict verdict = VerifySealedFile(*files_, path, *keyring_);
    EXPECT_FALSE(verdict.ok) << where;
    EXPECT_NE(verdict.reason.find(path), std::string::npos) << verdict.reason;
    const auto content = Read(path);
    ASSERT_FALSE(content.ok()) << where;
    EXPECT_EQ(content.error().reason, Reason::kCorruption);
    EXPECT_NE(content.error().text.find(path), std::string::npos) << content.error().text;
  }

  void ExpectContent(const std::string& path, const std::string& expected, bool closed, uint64_t torn_bytes,
                     const std::string& where) {
    const FileVerdict verdict = VerifySealedFile(*files_, path, *keyring_);
    EXPECT_TRUE(verdict.ok) << where << ": " << verdict.reason;
    EXPECT_EQ(verdict.closed, closed) << where;
    EXPECT_EQ(verdict.torn_bytes, torn_bytes) << where;
    const auto content = Read(path);
    ASSERT_TRUE(content.ok()) << where << ": " << content.error().text;
    EXPECT_TRUE(content.value() == expected)
        << where << ": " << content.value().size() << " bytes, not the expected " << expected.size();
  }

  const std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  std::shared_ptr<const Keyring> keyring_;
};

class BothLayoutsTest : public SealedFileTest, public ::testing::WithParamInterface<Layout> {};
INSTANTIATE_TEST_SUITE_P(Layouts, BothLayoutsTest, ::testing::Values(Layout::kChunked, Layout::kFramed));

TEST_P(BothLayoutsTest, ReadsBackWhatWasAppendedAtAnyOffset) {
  std::mt19937 random(42);
  for (uint32_t round = 0; round < 60; ++round) {
    std::string expected;
    const auto writer = NewWriter("/d/f", GetParam());
    const size_t appends = random() % 12;
    for (size_t i = 0; i < appends; ++i) {
      const size_t sizes[] = {random() % 10, random() % 5000, kChunk, 2 * kChunk, random() % 100000};
      const std::string part = Pattern(sizes[random() % 5], static_cast<uint32_t>(random()));
      expected += part;
      ASSERT_TRUE(writer->Append(part).ok());
      if (random() % 4 == 0) {
        ASSERT_TRUE(writer->Flush().ok());
      }
      if (GetParam() == Layout::kFramed && random() % 4 == 0) {
        ASSERT_TRUE(writer->Sync().ok());
      }
    }
    EXPECT_EQ(writer->logical_size(), expected.size());
    if (random() % 2 == 0) {
      ASSERT_TRUE(writer->Sync().ok());
      ASSERT_TRUE(writer->Sync().ok()) << "again is no failure";
    }
    ASSERT_TRUE(writer->Close().ok());
    ASSERT_TRUE(writer->Close().ok());
    ExpectContent("/d/f", expected, true, 0, "round " + std::to_string(round));

    const auto reader = NewSealedReader(*files_, "/d/f", keyring_);
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ((*reader)->file_id(), writer->file_id());
    EXPECT_TRUE((*reader)->closed());
    for (int i = 0; i < 40; ++i) {
      const size_t offset = random() % (expected.size() + 10);
      const size_t count = random() % 3 == 0 ? random() % 200000 : random() % 6000;
      std::string out(count, '\0');
      const auto read = (*reader)->Read(offset, count, out.data());
      ASSERT_TRUE(read.ok());
      const std::string slice = offset < expected.size() ? expected.substr(offset, count) : "";
      ASSERT_EQ(read.value(), slice.size());
      EXPECT_TRUE(out.compare(0, slice.size(), slice) == 0) << offset << " " << count;
    }
  }
}

TEST_P(BothLayoutsTest, HoldsNoPlaintext) {
  const std::string marker = "a secret that must not be found";
  Write("/d/f", GetParam(), {marker, marker}, true);
  EXPECT_EQ(Raw("/d/f").find(marker.substr(0, 8)), std::string::npos);
  EXPECT_EQ(Raw("/d/f").find("directory-1"), std::string::npos);
}

TEST_P(BothLayoutsTest, TwoFilesOfTheSameContentHaveNothingInCommon) {
  Write("/d/a", GetParam(), {"same"}, true);
  Write("/d/b", GetParam(), {"same"}, true);
  EXPECT_NE(Raw("/d/a").substr(kHeader), Raw("/d/b").substr(kHeader));
  EXPECT_NE(NewSealedReader(*files_, "/d/a", keyring_).value()->file_id(),
            NewSealedReader(*files_, "/d/b", keyring_).value()->file_id());
}

TEST_P(BothLayoutsTest, IsBoundToItsDirectoryAndKeyring) {
  Write("/d/f", GetParam(), {"content"}, true);
  ASSERT_TRUE(files_->CreateDirectories("/e").ok());
  const SecretBytes key = crypto::RandomSecret(32);
  const auto other = Keyring::Create(*files_, "/e", "directory-2", key).value();
  EXPECT_FALSE(VerifySealedFile(*files_, "/d/f", *other).ok);
  EXPECT_EQ(NewSealedReader(*files_, "/d/f", other).error().reason, Reason::kCorruption);
  EXPECT_EQ(LogicalSize(*files_, "/d/f", *other).error().reason, Reason::kCorruption);
}

TEST_P(BothLayoutsTest, RefusesTheHeaderOfAnotherFile) {
  Write("/d/a", GetParam(), {"first content"}, true);
  Write("/d/b", GetParam(), {"other content"}, true);
  const std::string a = Raw("/d/a");
  const std::string b = Raw("/d/b");
  files_->Overwrite("/d/a", b.substr(0, kHeader) + a.substr(kHeader));
  if (GetParam() == Layout::kChunked) {
    ExpectDamaged("/d/a", "foreign header");
  } else {
    ExpectContent("/d/a", "", false, a.size() - kHeader, "nothing of this file stands behind the header");
  }
  // Whole files change places unseen here; their ids tell whoever keeps a list of them.
  files_->Overwrite("/d/a", b);
  ExpectContent("/d/a", "other content", true, 0, "swapped");
  EXPECT_EQ(NewSealedReader(*files_, "/d/a", keyring_).value()->file_id(),
            NewSealedReader(*files_, "/d/b", keyring_).value()->file_id());
}

TEST_P(BothLayoutsTest, AnUnfinishedHeaderIsEmptyAndABadOneBeforeBytesIsDamage) {
  Write("/d/f", GetParam(), {"content"}, true);
  const std::string good = Raw("/d/f");
  for (size_t length = 0; length < kHeader; ++length) {
    files_->Overwrite("/d/f", good.substr(0, length));
    ExpectContent("/d/f", "", false, length, "header cut at " + std::to_string(length));
  }
  for (size_t i = 0; i < kHeader; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x20);
    files_->Overwrite("/d/f", bad.substr(0, kHeader));
    ExpectContent("/d/f", "", false, kHeader, "bad header alone, byte " + std::to_string(i));
    files_->Overwrite("/d/f", bad.substr(0, kHeader + 1));
    ExpectDamaged("/d/f", "bad header and a byte, byte " + std::to_string(i));
  }
}

TEST_P(BothLayoutsTest, NamesAMissingFile) {
  EXPECT_EQ(NewSealedReader(*files_, "/d/absent", keyring_).error().reason, Reason::kNotFound);
  EXPECT_FALSE(VerifySealedFile(*files_, "/d/absent", *keyring_).ok);
}

TEST_P(BothLayoutsTest, AWriterThatFailedOnceRefusesEverything) {
  const auto writer = NewWriter("/d/f", GetParam());
  files_->StopAt(files_->mutation_count());
  ASSERT_TRUE(!writer->Append("content").ok() || !writer->Sync().ok());
  files_->StopAt(UINT64_MAX);
  EXPECT_FALSE(writer->Append("more").ok());
  EXPECT_FALSE(writer->Flush().ok());
  EXPECT_FALSE(writer->Sync().ok());
  EXPECT_FALSE(writer->Finish().ok());
  EXPECT_FALSE(writer->Close().ok());
}

TEST_P(BothLayoutsTest, ServesSeveralThreadsAtOnce) {
  std::vector<std::string> parts;
  std::string expected;
  for (uint32_t i = 0; i < 40; ++i) {
    parts.push_back(Pattern(1 + i * 997 % 9000, i));
    expected += parts.back();
  }
  Write("/d/f", GetParam(), parts, true);
  const auto reader = NewSealedReader(*files_, "/d/f", keyring_);
  ASSERT_TRUE(reader.ok());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      std::string out;
      for (int i = 0; i < 300; ++i) {
        const size_t offset = random() % expected.size();
        out.assign(random() % 10000, '\0');
        const auto read = (*reader)->Read(offset, out.size(), out.data());
        const std::string_view slice = std::string_view(expected).substr(offset, out.size());
        if (!read.ok() || read.value() != slice.size() || std::string_view(out).substr(0, slice.size()) != slice) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong.load(), 0);
}

using SealedFileDeathTest = SealedFileTest;

TEST_F(SealedFileDeathTest, AppendAfterTheFinalChunkOrFrameStopsTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto chunked = NewWriter("/d/c", Layout::kChunked);
  ASSERT_TRUE(chunked->Append("x").ok());
  ASSERT_TRUE(chunked->Sync().ok());
  EXPECT_TRUE(chunked->Append("").ok());
  EXPECT_DEATH({ auto status = chunked->Append("y"); }, "finished_");
  const auto framed = NewWriter("/d/f", Layout::kFramed);
  ASSERT_TRUE(framed->Append("x").ok());
  ASSERT_TRUE(framed->Sync().ok());
  ASSERT_TRUE(framed->Append("y").ok());
  ASSERT_TRUE(framed->Finish().ok());
  EXPECT_DEATH({ auto status = framed->Append("z"); }, "finished_");
}

TEST_F(SealedFileTest, ChunkedDetectsEveryFlippedByteAndEveryCut) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100}, kChunk, kChunk + 50}) {
    Write("/d/f", Layout::kChunked, {Pattern(size, 1)}, true);
    const std::string good = Raw("/d/f");
    EXPECT_EQ(good.size(), kHeader + size + 16 * (size <= kChunk ? 1 : 2));
    for (size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
      files_->Overwrite("/d/f", bad);
      ExpectDamaged("/d/f", "byte " + std::to_string(i));
    }
    for (size_t length = kHeader; length < good.size(); ++length) {
      files_->Overwrite("/d/f", good.substr(0, length));
      ExpectDamaged("/d/f", "cut at " + std::to_string(length));
    }
    for (const size_t extra : {size_t{1}, size_t{16}, size_t{17}, kChunkStride}) {
      files_->Overwrite("/d/f", good + std::string(extra, '\0'));
      ExpectDamaged("/d/f", "longer by " + std::to_string(extra));
    }
  }
}

TEST_F(SealedFileTest, ChunkedDetectsSwappedDuplicatedAndMissingChunks) {
  Write("/d/f", Layout::kChunked, {Pattern(4 * kChunk, 2)}, true);
  const std::string good = Raw("/d/f");
  const std::string header = good.substr(0, kHeader);
  std::vector<std::string> chunks;
  for (size_t i = 0; i < 4; ++i) {
    chunks.push_back(good.substr(kHeader + i * kChunkStride, kChunkStride));
  }
  const std::vector<std::vector<size_t>> orders = {{1, 0, 2, 3}, {0, 2, 1, 3},   {0, 1, 3, 2}, {0, 1, 2},
                                                   {1, 2, 3},    {0, 2, 3},      {0, 0, 2, 3}, {0, 1, 2, 3, 3},
                                                   {3},          {0, 1, 2, 2, 3}};
  for (const auto& order : orders) {
    std::string bad = header;
    std::string name;
    for (const size_t i : order) {
      bad += chunks[i];
      name += std::to_string(i);
    }
    files_->Overwrite("/d/f", bad);
    ExpectDamaged("/d/f", name);
  }
}

TEST_F(SealedFileTest, ChunkedReadsTellDamageInTheMiddleOnlyWhereItIs) {
  const std::string content = Pattern(10 * kChunk, 3);
  Write("/d/f", Layout::kChunked, {content}, true);
  std::string bad = Raw("/d/f");
  bad[kHeader + 4 * kChunkStride] = static_cast<char>(bad[kHeader + 4 * kChunkStride] ^ 1);
  files_->Overwrite("/d/f", bad);
  const auto reader = NewSealedReader(*files_, "/d/f", keyring_);
  ASSERT_TRUE(reader.ok());
  std::string out(4 * kChunk, '\0');
  EXPECT_TRUE((*reader)->Read(0, 4 * kChunk, out.data()).ok());
  EXPECT_EQ(out, content.substr(0, 4 * kChunk));
  EXPECT_FALSE((*reader)->Read(4 * kChunk - 1, 2, out.data()).ok());
  EXPECT_FALSE((*reader)->Read(5 * kChunk - 1, 1, out.data()).ok());
  EXPECT_TRUE((*reader)->Read(5 * kChunk, 3 * kChunk, out.data()).ok());
}

TEST_F(SealedFileTest, ChunkedWithoutCloseOrSyncIsDamage) {
  const auto writer = NewWriter("/d/f", Layout::kChunked);
  ASSERT_TRUE(writer->Append(Pattern(3 * kChunk, 4)).ok());
  ASSERT_TRUE(writer->Flush().ok());
  ExpectDamaged("/d/f", "being written");
}

// Frame boundaries of a framed file whose parts are given as to Write.
struct Frames {
  std::vector<size_t> ends = {kHeader};  // physical, the header's end first
  std::vector<std::string> contents = {""};
};
Frames Boundaries(const std::vector<std::string>& parts) {
  Frames frames;
  for (const std::string& part : parts) {
    if (!part.empty()) {
      frames.ends.push_back(frames.ends.back() + kFrameOverhead + part.size());
      frames.contents.push_back(frames.contents.back() + part);
    }
  }
  return frames;
}

TEST_F(SealedFileTest, FramedCutAnywhereEndsAtTheLastWholeFrame) {
  const std::vector<std::string> parts = {"one", "two-two", "", "three", "4", ""};
  const Frames frames = Boundaries(parts);
  for (const bool close : {false, true}) {
    Write("/d/f", Layout::kFramed, parts, close);
    const std::string good = Raw("/d/f");
    ASSERT_EQ(good.size(), frames.ends.back() + (close ? kFrameOverhead : 0));
    for (size_t length = kHeader; length < good.size(); ++length) {
      size_t whole = 0;
      while (whole + 1 < frames.ends.size() && frames.ends[whole + 1] <= length) {
        ++whole;
      }
      files_->Overwrite("/d/f", good.substr(0, length));
      ExpectContent("/d/f", frames.contents[whole], false, length - frames.ends[whole],
                    "cut at " + std::to_string(length));
    }
    files_->Overwrite("/d/f", good);
    ExpectContent("/d/f", frames.contents.back(), close, 0, "whole");
  }
}

TEST_F(SealedFileTest, FramedAndClosedDetectsEveryFlippedByte) {
  const std::vector<std::string> parts = {"one", "two-two", "", "three", "4"};
  const Frames frames = Boundaries(parts);
  Write("/d/f", Layout::kFramed, parts, true);
  const std::string good = Raw("/d/f");
  for (size_t i = kHeader; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      files_->Overwrite("/d/f", bad);
      const std::string where = "byte " + std::to_string(i) + " bit " + std::to_string(bit);
      if (i < frames.ends.back()) {
        ExpectDamaged("/d/f", where);
      } else {
        ExpectContent("/d/f", frames.contents.back(), false, kFrameOverhead, where);  // a lost final frame, no data
      }
    }
  }
  files_->Overwrite("/d/f", good + "x");
  ExpectDamaged("/d/f", "a byte after the final frame");
}

TEST_F(SealedFileTest, FramedAndUnclosedLosesOnlyWhatNoLaterFrameKnowsDurable) {
  // Frames 0 and 1 synced, then 2 to 4, of which 3 and 4 follow another sync.
  const std::vector<std::string> parts = {"zero", "one", "", "two", "", "three", "four"};
  const Frames frames = Boundaries(parts);
  Write("/d/f", Layout::kFramed, parts, false);
  const std::string good = Raw("/d/f");
  ASSERT_EQ(good.size(), frames.ends.back());
  for (size_t i = kHeader; i < good.size(); ++i) {
    size_t frame = 0;
    while (frames.ends[frame + 1] <= i) {
      ++frame;
    }
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    files_->Overwrite("/d/f", bad);
    const std::string where = "byte " + std::to_string(i) + " of frame " + std::to_string(frame);
    if (frame <= 2) {
      ExpectDamaged("/d/f", where);  // frame 3 says that 0 to 2 were durable
    } else {
      ExpectContent("/d/f", frames.contents[frame], false, good.size() - frames.ends[frame], where);
    }
  }
}

TEST_F(SealedFileTest, FramedAllowsWritesOfOneUnsyncedStretchToArriveOutOfOrder) {
  const std::vector<std::string> parts = {"zero", "", "one", "two", "three"};
  const Frames frames = Boundaries(parts);
  Write("/d/f", Layout::kFramed, parts, false);
  std::string torn = Raw("/d/f");
  for (size_t i = frames.ends[1]; i < frames.ends[2]; ++i) {
    torn[i] = '\0';  // frame 1 never reached the disk, 2 and 3 did
  }
  files_->Overwrite("/d/f", torn);
  ExpectContent("/d/f", "zero", false, torn.size() - frames.ends[1], "hole");
}

TEST_F(SealedFileTest, FramedDetectsSwappedDuplicatedAndMissingFrames) {
  const std::vector<std::string> parts = {"aaaa", "", "bbbb", "", "cccc", "", "dddd", ""};
  for (const bool close : {false, true}) {
    Write("/d/f", Layout::kFramed, parts, close);
    const std::string good = Raw("/d/f");
    const std::string header = good.substr(0, kHeader);
    constexpr size_t kFrame = kFrameOverhead + 4;
    std::vector<std::string> pieces;
    for (size_t i = 0; i < 4; ++i) {
      pieces.push_back(good.substr(kHeader + i * kFrame, kFrame));
    }
    pieces.push_back(good.substr(kHeader + 4 * kFrame));
    struct Case {
      std::vector<size_t> order;
      size_t whole;        // frames before the damage
      bool seen_unclosed;  // a later synced frame proves it even without a final frame
    };
    const std::vector<Case> cases = {
        {{1, 0, 2, 3}, 0, true},    {{0, 2, 1, 3}, 1, true},     {{0, 1, 3, 2}, 2, true},
        {{0, 2, 3}, 1, true},       {{1, 2, 3}, 0, true},        {{0, 0, 1, 2, 3}, 1, true},
        {{0, 1, 1, 2, 3}, 2, true}, {{0, 1, 2, 3, 3}, 4, false}, {{0, 1, 2, 3, 0}, 4, false},
        {{0, 1, 2}, 3, false},
    };
    for (const Case& test : cases) {
      std::string bad = header;
      std::string name;
      for (const size_t i : test.order) {
        bad += pieces[i];
        name += std::to_string(i);
      }
      bad += pieces[4];
      files_->Overwrite("/d/f", bad);
      if (close || test.seen_unclosed) {
        ExpectDamaged("/d/f", name);
      } else {
        ExpectContent("/d/f", std::string("aaaabbbbccccdddd").substr(0, test.whole * 4), false,
                      bad.size() - kHeader - test.whole * kFrame, name);
      }
    }
  }
}

TEST_F(SealedFileTest, FramedClosedWithoutAnyAppendIsClosedAndEmpty) {
  Write("/d/f", Layout::kFramed, {}, true);
  EXPECT_EQ(Raw("/d/f").size(), kHeader + kFrameOverhead);
  ExpectContent("/d/f", "", true, 0, "closed");
  Write("/d/g", Layout::kFramed, {""}, false);
  EXPECT_EQ(Raw("/d/g"), "") << "a header is written with the first frame";
  ExpectContent("/d/g", "", false, 0, "untouched");
}

TEST_F(SealedFileTest, FramedFinishIsDurableAndCloseAddsNothing) {
  const auto writer = NewWriter("/d/f", Layout::kFramed);
  ASSERT_TRUE(writer->Append("x").ok());
  ASSERT_TRUE(writer->Finish().ok());
  ASSERT_TRUE(files_->SyncDirectory("/d").ok());
  const std::string raw = Raw("/d/f");
  ASSERT_TRUE(writer->Finish().ok());
  ASSERT_TRUE(writer->Close().ok());
  EXPECT_EQ(Raw("/d/f"), raw);
  files_->PowerLoss(5);
  ExpectContent("/d/f", "x", true, 0, "finished");
}

TEST_F(SealedFileTest, FramedSplitsAnAppendThatIsTooLargeForAFrame) {
  const std::string content = Pattern((33U << 20) + 5, 7);
  Write("/d/f", Layout::kFramed, {"before", content, "after"}, true);
  EXPECT_EQ(Raw("/d/f").size(), kHeader + content.size() + 11 + 6 * kFrameOverhead);
  const std::string expected = "before" + content + "after";
  const auto reader = NewSealedReader(*files_, "/d/f", keyring_);
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ((*reader)->logical_size(), expected.size());
  std::string out(32768, '\0');
  for (size_t at = 0; at < expected.size(); at += out.size()) {
    const auto read = (*reader)->Read(at, out.size(), out.data());
    ASSERT_TRUE(read.ok());
    ASSERT_TRUE(std::string_view(expected).substr(at, out.size()) == std::string_view(out).substr(0, read.value()));
  }
}

TEST_F(SealedFileTest, FramedRefusesATailOfForgedFramesInBoundedTime) {
  Write("/d/f", Layout::kFramed, {"zero", ""}, false);
  // Every 24 bytes the head of a frame that claims to be long and to know frame 1 durable.
  std::string head("\xb5\x5f\x46\x01", 4);
  head += std::string("\x00\x80\x00\x00", 4) + std::string(7, '\0') + '\x09' + std::string(7, '\0') + '\x09';
  std::string bad = Raw("/d/f");
  while (bad.size() < (24U << 20)) {
    bad += head;
  }
  files_->Overwrite("/d/f", bad);
  ExpectDamaged("/d/f", "forged");
}

// Power is lost at every mutation of a writer's life, under several seeds. What was acknowledged as synced is there,
// nothing but a prefix of what was appended is there, and nobody is accused of tampering.
TEST_F(SealedFileTest, FramedSurvivesAPowerLossAtEveryStep) {
  const std::vector<std::string> parts = {"zero", "one", "", "two", "", "three", std::string(5000, 'x'), "four", ""};
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    for (uint64_t seed = 0; seed < 12; ++seed) {
      auto files = os::NewSimulatedFileSystem();
      ASSERT_TRUE(files->CreateDirectories("/d").ok());
      const auto keyring = Keyring::Create(*files, "/d", "id", crypto::RandomSecret(32)).value();
      auto writer = NewSealedWriter(*files, "/d/f", Layout::kFramed, keyring);
      ASSERT_TRUE(writer.ok());
      ASSERT_TRUE(files->SyncDirectory("/d").ok());
      files->StopAt(files->mutation_count() + step);
      std::string appended;
      size_t synced = 0;
      finished = true;
      for (const std::string& part : parts) {
        const Status status = part.empty() ? (*writer)->Sync() : (*writer)->Append(part);
        appended += part;  // even if it failed: it may be there
        if (!status.ok()) {
          finished = false;
          break;
        }
        synced = part.empty() ? appended.size() : synced;
      }
      finished = finished && (seed % 2 == 0 ? (*writer)->Close() : (*writer)->Finish()).ok();
      files->PowerLoss(seed);
      const FileVerdict verdict = VerifySealedFile(*files, "/d/f", *keyring);
      ASSERT_TRUE(verdict.ok) << step << " " << seed << " " << verdict.reason;
      EXPECT_TRUE(verdict.closed || !finished || seed % 2 == 0);
      const auto reader = NewSealedReader(*files, "/d/f", keyring);
      ASSERT_TRUE(reader.ok());
      const auto content = ReadAll(**reader);
      ASSERT_TRUE(content.ok());
      EXPECT_GE(content.value().size(), synced) << step << " " << seed;
      EXPECT_EQ(content.value(), appended.substr(0, content.value().size()));
    }
  }
}

TEST_F(SealedFileTest, ChunkedIsWholeAfterSyncWhateverHappens) {
  const std::string content = Pattern(70 * kChunk + 5, 8);
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const std::string path = "/d/" + std::to_string(seed);
    const auto synced = NewWriter(path, Layout::kChunked);
    const auto unsynced = NewWriter(path + "u", Layout::kChunked);
    ASSERT_TRUE(synced->Append(content).ok());
    ASSERT_TRUE(unsynced->Append(content).ok());
    ASSERT_TRUE(synced->Sync().ok());
    ASSERT_TRUE(unsynced->Close().ok());
    ASSERT_TRUE(files_->SyncDirectory("/d").ok());
    files_->PowerLoss(seed);
    ExpectContent(path, content, true, 0, "synced");
    const FileVerdict verdict = VerifySealedFile(*files_, path + "u", *keyring_);
    if (verdict.ok && verdict.closed) {
      ExpectContent(path + "u", content, true, 0, "all of it arrived");
    } else {
      EXPECT_LT(Raw(path + "u").size(), kHeader + 71 * kChunkStride);
    }
  }
}

}  // namespace
}  // namespace basalt::sealed
