// The pieces, on what the load driver sends: its GetItem, its item of 1 KiB.
#include <string>
#include <utility>

#include "base/arena.h"
#include "base/check.h"
#include "crypto/random.h"
#include "expression/request_fixture.h"
#include "hot_paths/hot_path.h"
#include "http/request_parser.h"
#include "json/node.h"
#include "load/requests.h"
#include "model/item_json.h"
#include "os/clock.h"
#include "os/file_system.h"
#include "sealed/sealed_file.h"
#include "signature/sigv4.h"

namespace basalt::bench {
namespace {

constexpr std::string_view kAmzDate = "20261122T081500Z";
constexpr uint64_t kWarmUp = 200;
constexpr uint64_t kOperations = 1'000;

Target SignedTarget() {
  Target target;
  target.secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  target.amz_date = kAmzDate;
  return target;
}

// A request as bytes, parsed once.
struct ParsedRequest {
  ParsedRequest() {
    BASALT_CHECK(parser.Parse(bytes) == http::Progress::kComplete);
    request.head = parser.HeadAt(bytes.data());
    request.body = std::string_view(bytes).substr(parser.head_size_bytes());
  }

  const std::string bytes = MakeRequests(SignedTarget(), Operation::kGetItem, 1).front();
  http::RequestParser parser = http::RequestParser(size_t{32} << 10, 128);
  http::Request request;
};

HotPath ParseHead() {
  return {"head of a request parsed", kWarmUp, kOperations, 1,
          [parsed = std::make_shared<ParsedRequest>()](uint64_t operations) {
            for (uint64_t i = 0; i < operations; ++i) {
              parsed->parser.Reset();
              BASALT_CHECK(parsed->parser.Parse(parsed->bytes) == http::Progress::kComplete);
              BASALT_CHECK(parsed->parser.HeadAt(parsed->bytes.data()).path == "/");
            }
          }};
}

HotPath VerifySignature() {
  signature::Expectations expectations;
  expectations.now_ms = os::ParseBasicIso8601(kAmzDate);
  expectations.service_accepted = [](std::string_view service) { return service == "dynamodb"; };
  expectations.region_accepted = [](std::string_view region) { return region == "us-east-1"; };
  return {"signature of a GetItem verified", kWarmUp, kOperations, 1,
          [parsed = std::make_shared<ParsedRequest>(), expectations = std::move(expectations),
           keys = std::make_shared<signature::SigningKeyCache>(), secret = SignedTarget().secret](uint64_t operations) {
            Arena arena;
            for (uint64_t i = 0; i < operations; ++i) {
              arena.Reset();
              const auto claim = signature::ParseClaim(parsed->request, expectations, arena);
              const crypto::HmacSha256Key& key = keys->Get(claim->credential, 1, secret);
              BASALT_CHECK(signature::Verify(*claim, parsed->request, key, arena).ok());
            }
          }};
}

HotPath ConditionOfAWrite() {
  struct Inputs {
    Arena arena;
    model::Item values = expression::ItemOf("{':active':{'S':'ACTIVE'},':now':{'N':'1700000000'}}", arena);
    model::Item item =
        expression::ItemOf("{'pk':{'S':'order'},'state':{'S':'ACTIVE'},'lockedUntil':{'N':'1600000000'}}", arena);
    const expression::Names names = {{"#s", "state"}};
  };
  return {"condition parsed and evaluated", kWarmUp, kOperations, 1,
          [inputs = std::make_shared<Inputs>()](uint64_t operations) {
            Arena arena;
            for (uint64_t i = 0; i < operations; ++i) {
              arena.Reset();
              expression::Placeholders placeholders(inputs->names, inputs->values);
              const auto condition = expression::ParseCondition(
                  expression::Kind::kCondition,
                  "#s = :active AND (attribute_not_exists(lockedUntil) OR lockedUntil < :now)", placeholders, arena);
              BASALT_CHECK(expression::Evaluate(**condition, inputs->item));
            }
          }};
}

HotPath ItemThereAndBack() {
  return {"item of 1 KiB parsed and written as JSON", kWarmUp, kOperations, 1,
          [text = ItemText(1, 1)](uint64_t operations) {
            Arena arena;
            std::string out;
            for (uint64_t i = 0; i < operations; ++i) {
              arena.Reset();
              out.clear();
              const Result<json::Node> node = json::Parse(text, arena);
              BASALT_CHECK(model::CheckItemShape(*node).ok());
              const Result<model::Item> item = model::ParseItem(*node, arena);
              model::AppendJson(out, *item);
              BASALT_CHECK(out.size() == text.size());
            }
          }};
}

HotPath SealedFrame(const std::string& directory) {
  os::FileSystem& files = os::RealFileSystem();
  const std::string folder = os::JoinPath(directory, "frames");
  BASALT_CHECK(files.CreateDirectories(folder).ok());
  const auto keyring = sealed::Keyring::Create(files, folder, "frames", SecretBytes(std::string(32, 'k')));
  auto writer = sealed::NewSealedWriter(files, os::JoinPath(folder, "file"), sealed::Layout::kFramed, keyring.value());
  return {"frame of 1 KiB sealed and appended", kWarmUp, kOperations, 1,
          [writer = std::shared_ptr<sealed::SealedWriter>(std::move(writer).value()),
           bytes = std::string(1'024, 'v')](uint64_t operations) {
            for (uint64_t i = 0; i < operations; ++i) {
              BASALT_CHECK(writer->Append(bytes).ok());
            }
          }};
}

}  // namespace

std::vector<HotPath> Pieces(const std::string& directory) {
  return {ParseHead(), VerifySignature(), ConditionOfAWrite(), ItemThereAndBack(), SealedFrame(directory)};
}

}  // namespace basalt::bench
