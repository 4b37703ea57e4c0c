// The calls that move bytes: plain functions that TypeScript gives the number of an object, and bytes of its own.
#include <openssl/err.h>

#include <cerrno>

#include "../environment.h"
#include "ssl-object.h"

namespace sslkit {

namespace {

template <typename... Arguments>
constexpr size_t CountArguments(int32_t (SslObject::*)(Arguments...)) {
  return sizeof...(Arguments);
}

}  // namespace

// call(place, bytes…): a count or an outcome.
template <auto Method>
napi_value SslObject::CallByPlace(napi_env env, napi_callback_info info) {
  napi_value values[3];  // those that were not given arrive as undefined, which reads as no bytes
  size_t count = 3;
  void* environment = nullptr;
  napi_get_cb_info(env, info, &count, values, nullptr, &environment);
  uint32_t place = 0;
  SslObject* object = napi_get_value_uint32(env, values[0], &place) == napi_ok
                          ? static_cast<Environment*>(environment)->ObjectAt(place)
                          : nullptr;
  int32_t outcome = kReleased;
  if (object != nullptr) {
    const ByteView first = ReadBytes(env, values[1]);
    if constexpr (CountArguments(Method) == 1) {
      outcome = (object->*Method)(first);
    } else {
      outcome = (object->*Method)(first, ReadBytes(env, values[2]));
    }
  }
  napi_value result = nullptr;
  napi_create_int32(env, outcome, &result);
  return result;
}

void SslObject::ExportCalls(Napi::Env env, Napi::Object exports) {
  const std::pair<const char*, napi_callback> calls[] = {
      {"doHandshake", CallByPlace<&SslObject::DoHandshake>}, {"read", CallByPlace<&SslObject::Read>},
      {"decrypt", CallByPlace<&SslObject::Decrypt>},         {"write", CallByPlace<&SslObject::Write>},
      {"encrypt", CallByPlace<&SslObject::Encrypt>},         {"drain", CallByPlace<&SslObject::Drain>},
      {"shutdown", CallByPlace<&SslObject::Shutdown>},
  };
  for (const auto& [name, callback] : calls) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, Environment::Of(env), &function);
    exports.Set(name, function);
  }
}

SslObject::Call::Call(SslObject* object, ByteView incoming, ByteView outgoing) : object_(object) {
  ClearErrorQueue();
  errno = 0;
  object_->buffers_.BeginCall(incoming.data, incoming.size, outgoing.data, outgoing.size);
}

SslObject::Call::~Call() {
  int32_t* progress = object_->environment_->progress();
  progress[kConsumed] = static_cast<int32_t>(object_->buffers_.consumed());
  progress[kProduced] = static_cast<int32_t>(object_->buffers_.produced());
  progress[kOutgoingPending] = ClampToInt(object_->buffers_.queued());
  progress[kEvents] = object_->events_.empty() ? 0 : 1;
  progress[kLeftover] = object_->HasLeftover() ? 1 : 0;
  object_->buffers_.EndCall();
  if (object_->ssl_) object_->OnUsed();
  if (object_->close_waits_) {
    object_->close_waits_ = false;
    object_->Release();
  }
}

bool SslObject::HasLeftover() const {
  if (!ssl_) return false;
  const bool peer_closed = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  // What SSL_has_pending(3) counts may be part of a record, of which OpenSSL has said that it wants the rest.
  return failure_waits_ || peer_closed || (!wants_input_ && SSL_has_pending(ssl_.get()) == 1);
}

// Turns the result of an SSL_* call into an outcome, and keeps the error queue where it failed.
int32_t SslObject::Conclude(int result) {
  wants_input_ = false;
  if (result > 0) return kDone;
  const int system_error = errno;
  int32_t outcome = -SSL_get_error(ssl_.get(), result);
  // After user_canceled, which Java sends before it closes (RFC 8446 §6.1), SSL_get_error(3) takes the close_notify that
  // follows for a failed system call: it looks at the last warning alert.
  if (outcome == kSyscall && (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0) outcome = kClosed;
  if (outcome == kFailed || outcome == kSyscall) {
    Rare().failure = {outcome, system_error, DrainErrorQueue()};
  } else {
    ClearErrorQueue();
    wants_input_ = outcome == kWantRead;
  }
  return outcome;
}

}  // namespace sslkit
