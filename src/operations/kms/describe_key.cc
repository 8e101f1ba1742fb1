// DescribeKey: a key's metadata. The keys there are: the one behind alias/aws/dynamodb, in every account and region,
// which is made when it is first asked for.
#include <fmt/format.h>

#include "json/writer.h"
#include "operations/kms/handlers.h"
#include "operations/kms/key_reference.h"

namespace basalt::operations::kms {
namespace {

constexpr std::string_view kManagedAlias = "alias/aws/dynamodb";
constexpr std::string_view kManagedDescription =
    "Default key that protects my DynamoDB data when no other key is defined";
constexpr std::string_view kSymmetric = "SYMMETRIC_DEFAULT";

class DescribeKey final : public PreparedCall {
 public:
  explicit DescribeKey(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(key_, ParseKeyReference(*GetString(call_.input, "KeyId"), call_.caller.account_id, call_.region));
    accesses.push_back({key_.Arn(), key_.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    keys::ManagedKeys& keys = call_.services.managed_keys;
    const std::optional<keys::ManagedKey> found = keys.Find(key_.account, key_.region);
    if (key_.kind == KeyReferenceKind::kId) {
      if (!found || found->id != key_.name) {
        return done(Error(Reason::kResourceNotFound, fmt::format("Key '{}' does not exist", key_.Arn())));
      }
      return done(MakeAnswer(*found));
    }
    if (key_.name != kManagedAlias) {
      return done(Error(Reason::kResourceNotFound, fmt::format("Alias {} is not found.", key_.Arn())));
    }
    if (found) {
      return done(MakeAnswer(*found));
    }
    keys.Ensure(key_.account, key_.region, call_.loop,
                [this, done = std::move(done)](Result<keys::ManagedKey> made) mutable {
                  done(made.ok() ? Result<Answer>(MakeAnswer(*made)) : Result<Answer>(made.TakeError()));
                });
  }

 private:
  Answer MakeAnswer(const keys::ManagedKey& key) const {
    std::string body;
    json::Writer writer(body);
    const auto text = [&writer](std::string_view name, std::string_view value) {
      writer.Key(name);
      writer.String(value);
    };
    writer.BeginObject();
    writer.Key("KeyMetadata");
    writer.BeginObject();
    text("AWSAccountId", key_.account);
    text("KeyId", key.id);
    text("Arn", KeyArn(key_.account, key_.region, key.id));
    writer.Key("CreationDate");
    writer.Seconds(key.created_ms);
    writer.Key("Enabled");
    writer.Bool(true);
    text("Description", kManagedDescription);
    text("KeyUsage", "ENCRYPT_DECRYPT");
    text("KeyState", "Enabled");
    text("Origin", "AWS_KMS");
    text("KeyManager", "AWS");
    text("CustomerMasterKeySpec", kSymmetric);
    text("KeySpec", kSymmetric);
    writer.Key("EncryptionAlgorithms");
    writer.BeginArray();
    writer.String(kSymmetric);
    writer.EndArray();
    writer.Key("MultiRegion");
    writer.Bool(false);
    text("CurrentKeyMaterialId", key.material_id);
    writer.EndObject();
    writer.EndObject();
    return body;
  }

  Call& call_;
  KeyReference key_;
};

}  // namespace

Prepared PrepareDescribeKey(Call& call) {
  auto describe = std::make_unique<DescribeKey>(call);
  TRY(describe->Prepare());
  return describe;
}

}  // namespace basalt::operations::kms
