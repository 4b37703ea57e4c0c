#include "../arguments.h"
#include "ssl-object.h"

namespace sslkit {

// read(into): plaintext of one record at most, as a count, or an outcome: SSL_read_ex(3).
Napi::Value SslObject::Read(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  const ByteView into = ReadBytes(info[0]);
  size_t count = 0;
  int32_t outcome;
  {
    const Call call(this);
    outcome = Conclude(SSL_read_ex(ssl_.get(), into.data, into.size, &count));
  }
  return Report(info.Env(), outcome == kDone ? ClampToInt(count) : outcome);
}

// decrypt(incoming, plaintext): TLS bytes in, plaintext out, as many records as there are and fit.
Napi::Value SslObject::Decrypt(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  if (!uses_buffers_) return Report(info.Env(), kWrongTransport);
  const ByteView incoming = ReadBytes(info[0]);
  const ByteView plaintext = ReadBytes(info[1]);
  size_t total = 0;
  int32_t outcome = kDone;
  {
    const Call call(this, incoming.data, incoming.size);
    if (failure_waits_) {
      failure_waits_ = false;
      outcome = failure_.outcome;
    }
    while (outcome == kDone && total < plaintext.size) {
      size_t count = 0;
      outcome = Conclude(SSL_read_ex(ssl_.get(), plaintext.data + total, plaintext.size - total, &count));
      if (outcome == kDone) total += count;
      // Asking once more costs half of what a small record costs, only to be told that there is nothing.
      if (buffers_.unread() == 0 && SSL_has_pending(ssl_.get()) == 0 && total > 0) break;
    }
    // Plaintext that came before a failure is the caller's: the failure is reported by the next call.
    if (total > 0 && (outcome == kFailed || outcome == kSyscall)) failure_waits_ = true;
  }
  return Report(info.Env(), total > 0 ? ClampToInt(total) : outcome);
}

// pending(): decrypted bytes of the current record that wait to be read: SSL_pending(3).
Napi::Value SslObject::Pending(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ssl_ ? SSL_pending(ssl_.get()) : 0);
}

}  // namespace sslkit
