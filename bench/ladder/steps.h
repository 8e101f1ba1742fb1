// The ladder's middle rungs: what the path of a request does, up to a step, by the same functions; then a fixed answer
// of 1 KiB. Beside the path itself (the highest rung) these leave out what it does around its steps: admission,
// routing, request ids, the checksum and the headers of the answer.
//
// On a good request only: a step that fails answers 500 with its reason, which the driver counts as an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/executor.h"
#include "http/handler.h"
#include "operations/services.h"

namespace basalt::bench {

enum class LastStep : uint8_t { kHttp, kSignature, kJson, kShape, kEngine };

inline constexpr size_t kFixedAnswerBytes = 1024;
http::Response FixedAnswer();

// As server::NewRequestPath.
std::unique_ptr<http::Handler> NewSteps(LastStep last, Executor& loop, const operations::Services& services,
                                        size_t item_cache_bytes, int64_t sigv4_skew_s);

}  // namespace basalt::bench
