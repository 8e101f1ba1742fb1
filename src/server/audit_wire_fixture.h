// What the tests of the audit log share: a log that is read back, parts of records, and a server that writes it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/log.h"
#include "os/simulated_file_system.h"
#include "server/policy_wire_fixture.h"

namespace basalt::server {

// The log, made before the server that writes it and gone after it.
class AuditedWorld {
 protected:
  AuditSettings WithLog(AuditSettings settings) const {
    settings.log = log_.get();
    return settings;
  }
  os::SimulatedFileSystem& files() { return *files_; }

  // Those that are new, as JSON.
  std::vector<std::string> NewRecords() {
    audit::PageQuery query;
    query.from = seen_;
    const Result<audit::Page> page = log_->Read(query);
    EXPECT_TRUE(page.ok() && page->is_last);
    std::vector<std::string> records;
    for (const audit::PageRecord& record : page->records) {
      records.push_back(record.json);
    }
    seen_ = page->next;
    return records;
  }
  // The only new one; empty if there is none.
  std::string NewRecord() {
    const std::vector<std::string> records = NewRecords();
    EXPECT_LE(records.size(), 1U);
    return records.empty() ? std::string() : records.front();
  }
  void ForgetRecords() { NewRecords(); }

  // A member of a record as it stands there; empty if it is not there.
  static std::string Part(const std::string& record, std::string_view member) {
    const std::string name = "\"" + std::string(member) + "\":";
    const size_t begin = record.find(name);
    if (begin == std::string::npos) {
      return {};
    }
    size_t at = begin + name.size();
    const size_t value = at;
    int depth = 0;
    bool in_string = false;
    for (; at < record.size(); ++at) {
      const char c = record[at];
      if (in_string) {
        at += c == '\\' ? 1 : 0;
        in_string = c != '"';
        continue;
      }
      in_string = c == '"';
      depth += c == '{' || c == '[' ? 1 : 0;
      if (depth == 0 && (c == ',' || c == '}')) {
        break;
      }
      depth -= c == '}' || c == ']' ? 1 : 0;
    }
    return record.substr(value, at - value);
  }

 private:
  const std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  // A server's clock may stand anywhere.
  const std::unique_ptr<audit::Log> log_ = audit::Log::Open(*files_, "/audit", SecretBytes(std::string(32, 'k')),
                                                            {.retention_ms = 36'500 * os::kMsPerDay}, os::SystemClock())
                                               .value();
  uint64_t seen_ = 1;
};

class AuditWireTest : protected AuditedWorld, public PolicyWireTest {
 protected:
  explicit AuditWireTest(AuditSettings settings = {}) : PolicyWireTest(OptionsWith(WithLog(settings))) {
    ForgetRecords();
  }

  std::string Parameters(const std::string& operation, std::string_view request) {
    ForgetRecords();
    Send(operation, request);
    return Part(NewRecord(), "requestParameters");
  }

 private:
  static InProcessOptions OptionsWith(AuditSettings settings) {
    InProcessOptions options;
    options.settings.audit = settings;
    return options;
  }
};

}  // namespace basalt::server
