#include "ssl-object.h"

namespace sslkit {

// shutdown(incoming?): sends close_notify and looks for the peer's. kDone when both are through, kWantRead while the
// peer's is missing: SSL_shutdown(3).
int32_t SslObject::Shutdown(ByteView incoming) {
  if (!Usable()) return Unavailable();
  const Call call(this, incoming);
  // Bytes behind the peer's close_notify are plaintext and not OpenSSL's to take.
  SSL_set_read_ahead(ssl_.get(), 0);
  int result = SSL_shutdown(ssl_.get());
  // 0: ours is sent, the peer's has not been seen; the second call looks for it.
  if (result == 0) result = SSL_shutdown(ssl_.get());
  return result == 0 ? kWantRead : Conclude(result);
}

Napi::Value SslObject::EndIncoming(const Napi::CallbackInfo& info) {
  buffers_.EndIncoming();
  return info.Env().Undefined();
}

// shutdownState(): SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN.
Napi::Value SslObject::ShutdownState(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ssl_ ? SSL_get_shutdown(ssl_.get()) : 0);
}

}  // namespace sslkit
