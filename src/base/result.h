// Result<T>: a value, or an Error that says why there is none. Nothing in this house throws; a function
// that can fail returns one of these, and TRY hands a failure to the caller at once.
//
//   Result<TableName> name = TableName::Parse(text);
//   TRY_ASSIGN(auto table, catalogue.Find(name));     // returns the Error from this function
//   TRY(Check(table));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"

namespace basalt {

// Exactly those reasons that some caller acts on. operations/errors.cc maps each to its wire name, HTTP status
// and fault; nothing below operations/ knows those.
enum class Reason : uint8_t {
  kInternal,               // ours: a bug, a failed library, an unusable file not covered below
  kCorruption,             // a file's bytes are not what was written; the text names the file
  kIo,                     // the operating system refused or failed a file or socket operation
  kUnavailable,            // this keyspace is closed or reopening; trying again may help
  kUnknownOutcome,         // a write may or may not have become durable
  kConflict,               // an optimistic engine lost a race having changed nothing
  kNotFound,               // generic absence (a file, a key record)
  kAlreadyExists,          // generic presence
  kInvalidArgument,        // usage: command line, configuration
  kWrongKey,               // an unwrap failed under a key whose container is intact
  kValidation,             // ValidationException
  kSerialization,          // SerializationException
  kUnknownOperation,       // UnknownOperationException
  kConditionFailed,        // ConditionalCheckFailedException; detail may carry the item
  kDuplicateItem,          // DuplicateItemException; detail may carry the item
  kTransactionCanceled,    // TransactionCanceledException; detail says why
  kTransactionInProgress,  // TransactionInProgressException
  kIdempotentMismatch,     // IdempotentParameterMismatchException
  kItemCollectionLimit,    // ItemCollectionSizeLimitExceededException
  kResourceNotFound,       // ResourceNotFoundException; of KMS: NotFoundException
  kPolicyNotFound,         // PolicyNotFoundException: a resource has no policy, or not that revision of it
  kTableNotFound,          // TableNotFoundException: of the calls for backups
  kTrimmed,                // TrimmedDataAccessException
  kExpiredIterator,        // ExpiredIteratorException
  kResourceInUse,          // ResourceInUseException
  kLimitExceeded,          // LimitExceededException
  kThrottling,             // ThrottlingException; detail may say of what
  kProvisionedThroughput,  // ProvisionedThroughputExceededException; detail says of what
  kAccessDenied,           // AccessDeniedException
  kMissingAuthentication,  // MissingAuthenticationTokenException
  kIncompleteSignature,    // IncompleteSignatureException
  kInvalidSignature,       // InvalidSignatureException
  kUnrecognizedClient,     // UnrecognizedClientException
  kExpiredToken,           // ExpiredTokenException
  kOverloaded,             // admission refused: ServiceUnavailableException, HTTP 503
  kTooLarge,               // request body over the limit: HTTP 413
};

// What an error carries beside its text (the old item of a failed condition). Subclassed where it is made.
struct ErrorDetail {
  virtual ~ErrorDetail() = default;
};

// Where an error was made (std::source_location, which clang 14 has not).
struct SourceLocation {
  const char* file = "";
  int line = 0;

  static constexpr SourceLocation Current(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

struct [[nodiscard]] Error {
  Error(Reason error_reason, std::string error_text, SourceLocation location = SourceLocation::Current())
      : reason(error_reason), text(std::move(error_text)), where(location) {}

  Reason reason;
  std::string text;                     // for the client (or the operator); never a secret
  std::unique_ptr<ErrorDetail> detail;  // null unless the reason says otherwise
  SourceLocation where;                 // for the log only
};

template <class T>
class [[nodiscard]] Result {
 public:
  using ValueType = T;

  // Implicit on purpose: `return value;` and `return Error(...)` are how results are made.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  // What converts to T, e.g. a pointer to a derived class.
  template <class U>
  requires(std::is_convertible_v<U, T> && !std::is_same_v<std::decay_t<U>, T> &&
           !std::is_same_v<std::decay_t<U>, Error> && !std::is_same_v<std::decay_t<U>, Result>)
      Result(U&& value)  // NOLINT(google-explicit-constructor)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    BASALT_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    BASALT_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    BASALT_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    BASALT_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  Error TakeError() {
    BASALT_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }
  T ValueOr(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using ValueType = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    BASALT_CHECK(!ok());
    return *error_;
  }
  Error TakeError() {
    BASALT_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace basalt

#define BASALT_CONCAT_INNER(a, b) a##b
#define BASALT_CONCAT(a, b) BASALT_CONCAT_INNER(a, b)

// Returns the error of `expression` from the enclosing function, if it is one.
#define TRY(expression)                     \
  do {                                      \
    auto basalt_try_status = (expression);  \
    if (!basalt_try_status.ok()) {          \
      return basalt_try_status.TakeError(); \
    }                                       \
  } while (false)

// Declares `declaration` from the value of `expression`, or returns its error.
#define TRY_ASSIGN(declaration, expression) \
  TRY_ASSIGN_INNER(BASALT_CONCAT(basalt_try_result_, __COUNTER__), declaration, expression)
#define TRY_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                             \
  if (!result.ok()) {                                     \
    return result.TakeError();                            \
  }                                                       \
  declaration = std::move(result).value()
