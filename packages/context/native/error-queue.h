#pragma once
// OpenSSL's error queue is per thread: it is cleared before a call and taken in the same call (ERR_get_error(3)).
#include <napi.h>
#include <openssl/err.h>

#include <string>
#include <vector>

namespace sslkit {

// One entry of the queue, copied: OpenSSL's own strings do not outlive the next call.
struct QueuedError {
  unsigned long number;
  std::string text;
  std::string data;
};

// Empties the queue of this thread. ERR_clear_error frees each of its sixteen places, used or not, on every call.
inline void ClearErrorQueue() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

// Empties the queue of this thread; oldest first.
std::vector<QueuedError> DrainErrorQueue();

// `[{number, library, reason, text, data}, …]` with OpenSSL's numbers; TypeScript knows their names.
Napi::Array ToArray(Napi::Env env, const std::vector<QueuedError>& queue);

// Drains the queue into what a failed configuration call returns; a call that went well returns undefined.
Napi::Value Failure(Napi::Env env);

}  // namespace sslkit
