#include "error-queue.h"

#include <openssl/err.h>

namespace sslkit {

std::vector<QueuedError> DrainErrorQueue() {
  std::vector<QueuedError> queue;
  const char* data = nullptr;
  int flags = 0;
  while (const unsigned long number = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
    const char* text = ERR_reason_error_string(number);
    queue.push_back(
        {number, text == nullptr ? "" : text, (flags & ERR_TXT_STRING) != 0 && data != nullptr ? data : ""});
  }
  return queue;
}

Napi::Array ToArray(Napi::Env env, const std::vector<QueuedError>& queue) {
  Napi::Array entries = Napi::Array::New(env, queue.size());
  for (size_t index = 0; index < queue.size(); index++) {
    const QueuedError& error = queue[index];
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("number", static_cast<double>(error.number));
    entry.Set("library", ERR_GET_LIB(error.number));
    entry.Set("reason", ERR_GET_REASON(error.number));
    entry.Set("text", error.text);
    entry.Set("data", error.data);
    entries.Set(static_cast<uint32_t>(index), entry);
  }
  return entries;
}

Napi::Value Failure(Napi::Env env) { return ToArray(env, DrainErrorQueue()); }

}  // namespace sslkit
