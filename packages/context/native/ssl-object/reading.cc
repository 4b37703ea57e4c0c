#include "ssl-object.h"

namespace sslkit {

// read(into): plaintext of one record at most, as a count, or an outcome: SSL_read_ex(3).
int32_t SslObject::Read(ByteView into) {
  if (!Usable()) return Unavailable();
  const Call call(this);
  size_t count = 0;
  const int32_t outcome = Conclude(SSL_read_ex(ssl_.get(), into.data, into.size, &count));
  return outcome == kDone ? ClampToInt(count) : outcome;
}

// decrypt(incoming, plaintext): TLS bytes in, plaintext out, as many records as there are and fit.
int32_t SslObject::Decrypt(ByteView incoming, ByteView plaintext) {
  if (!Usable()) return Unavailable();
  if (!uses_buffers_) return kWrongTransport;
  const Call call(this, incoming);
  size_t total = 0;
  int32_t outcome = kDone;
  if (failure_waits_) {
    failure_waits_ = false;
    outcome = Rare().failure.outcome;
  }
  while (outcome == kDone && total < plaintext.size) {
    size_t count = 0;
    outcome = Conclude(SSL_read_ex(ssl_.get(), plaintext.data + total, plaintext.size - total, &count));
    if (outcome == kDone) total += count;
    // Asking once more costs half of what a small record costs, only to be told that there is nothing.
    if (buffers_.unread() == 0 && SSL_has_pending(ssl_.get()) == 0 && total > 0) break;
  }
  // `plaintext` has got full, and the beginning of another record is left: OpenSSL keeps it as it would have with more
  // room, so that the caller need not.
  if (outcome == kDone && total > 0 && buffers_.HoldsPartOfRecord() && SSL_pending(ssl_.get()) == 0) {
    unsigned char unused = 0;
    size_t count = 0;
    outcome = Conclude(SSL_peek_ex(ssl_.get(), &unused, sizeof(unused), &count));
  }
  // Plaintext that came before a failure is the caller's: the failure is reported by the next call.
  if (total > 0 && (outcome == kFailed || outcome == kSyscall)) failure_waits_ = true;
  return total > 0 ? ClampToInt(total) : outcome;
}

// pending(): decrypted bytes of the current record that wait to be read: SSL_pending(3).
Napi::Value SslObject::Pending(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ssl_ ? SSL_pending(ssl_.get()) : 0);
}

}  // namespace sslkit
