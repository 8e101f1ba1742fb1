// Pages of the log, and a look at all of it.
#include "audit/log_reader.h"

#include <algorithm>

#include "sealed/sealed_file.h"

namespace basalt::audit {
namespace {

// Where the file behind the one at `index` begins, or the log ended; null: nobody has said yet.
const Place* EndOf(const FileList& list, size_t index) {
  if (index + 1 < list.files.size()) {
    return &list.files[index + 1];
  }
  return list.end ? &*list.end : nullptr;
}

class PageReader {
 public:
  PageReader(const LogFiles& log, const PageQuery& query) : log_(log), query_(query) { page_.next = query.from; }

  Result<Page> Run() {
    while (true) {
      TRY_ASSIGN(const FileList list, log_.LoadList());
      Status read = ReadFrom(list);
      if (read.ok()) {
        return std::move(page_);
      }
      // A file that was removed while we came to it is not on the list any more.
      if (read.error().reason != Reason::kNotFound) {
        return read.TakeError();
      }
      TRY_ASSIGN(const FileList now, log_.LoadList());
      const bool was_removed = now.files.empty() || now.files.front().number > list.files.front().number;
      if (!was_removed) {
        return Error(Reason::kCorruption, read.error().text);
      }
    }
  }

 private:
  Status ReadFrom(const FileList& list) {
    for (size_t i = 0; i < list.files.size() && !is_full_ && !page_.is_last; ++i) {
      const Place* const end = EndOf(list, i);
      if (end != nullptr && (end->number <= page_.next || end->time_ms < query_.since_ms)) {
        continue;
      }
      TRY(ReadFile(list.files[i], end));
    }
    page_.is_last = page_.is_last || !is_full_;
    return {};
  }

  Status ReadFile(const Place& first, const Place* end) {
    page_.next = std::max(page_.next, first.number);
    TRY_ASSIGN(const Place at, log_.Walk(first, [this, end](const StoredRecord& record) -> Result<bool> {
      // What was written after the list was read: the next page's.
      if (end != nullptr && record.number >= end->number) {
        return false;
      }
      if (record.number < page_.next) {
        return true;
      }
      if (record.time_ms >= query_.until_ms) {
        page_.is_last = true;
        return false;
      }
      Take(record);
      return !is_full_;
    }));
    if (end != nullptr && !is_full_ && !page_.is_last) {
      return log_.CheckEnd(first, at, *end);
    }
    return {};
  }

  void Take(const StoredRecord& record) {
    page_.next = record.number + 1;
    const bool wanted =
        record.time_ms >= query_.since_ms && (query_.account.empty() || record.account == query_.account);
    if (!wanted) {
      return;
    }
    bytes_ += record.json.size();
    page_.records.push_back(
        {record.number, record.time_ms, record.kind, std::string(record.account), std::string(record.json)});
    is_full_ = bytes_ >= query_.bytes_max;
  }

  const LogFiles& log_;
  const PageQuery& query_;
  Page page_;
  size_t bytes_ = 0;
  bool is_full_ = false;
};

// One file from its first byte to its last.
FileFinding Check(const LogFiles& log, const Place& first, const Place* end) {
  FileFinding finding;
  finding.name = FileNameOf(first);
  const sealed::FileVerdict verdict = sealed::VerifySealedFile(log.files(), log.PathOf(first), *log.keyring());
  if (!verdict.ok) {
    finding.ok = false;
    finding.reason = verdict.reason;
    return finding;
  }
  if (verdict.torn_bytes > 0) {
    finding.reason =
        "not closed: its last " + std::to_string(verdict.torn_bytes) + " bytes are no whole frame, as a crash leaves";
  }
  const Result<Place> at = log.Walk(first, [](const StoredRecord&) -> Result<bool> { return true; });
  const Status whole = !at.ok()         ? Status(Error(at.error().reason, at.error().text))
                       : end == nullptr ? Status()
                                        : log.CheckEnd(first, *at, *end);
  if (!whole.ok()) {
    finding.ok = false;
    finding.reason = whole.error().text;
  }
  return finding;
}

FileFinding CheckUnlisted(const LogFiles& log, const FileList& list, uint64_t number) {
  Place first;
  first.number = number;
  if (!list.files.empty() && number < list.files.front().number) {
    return {FileNameOf(first), true, "was about to be removed; not checked"};
  }
  const Result<bool> is_empty = log.IsEmpty(number);
  if (!is_empty.ok()) {
    return {FileNameOf(first), false, is_empty.error().text};
  }
  return {FileNameOf(first), *is_empty, *is_empty ? "was being made; holds no record" : "is not on the list of files"};
}

}  // namespace

Result<Page> ReadPage(const LogFiles& log, const PageQuery& query) { return PageReader(log, query).Run(); }

std::vector<FileFinding> CheckLog(const LogFiles& log) {
  std::vector<FileFinding> findings;
  const Result<FileList> list = log.LoadList();
  if (!list.ok()) {
    findings.push_back({kFileListName, false, list.error().text});
    return findings;
  }
  findings.push_back({kFileListName, true, ""});
  for (size_t i = 0; i < list->files.size(); ++i) {
    findings.push_back(Check(log, list->files[i], EndOf(*list, i)));
  }
  const Result<std::vector<uint64_t>> numbers = log.ListNumbers();
  if (!numbers.ok()) {
    findings.push_back({"", false, numbers.error().text});
    return findings;
  }
  for (const uint64_t number : *numbers) {
    if (!list->Has(number)) {
      findings.push_back(CheckUnlisted(log, *list, number));
    }
  }
  return findings;
}

}  // namespace basalt::audit
