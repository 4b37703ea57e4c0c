#include "ssl-object.h"

namespace sslkit {

// doHandshake(incoming?): an outcome; SSL_do_handshake(3).
int32_t SslObject::DoHandshake(ByteView incoming) {
  if (!Usable()) return Unavailable();
  const Call call(this, incoming);
  return Conclude(SSL_do_handshake(ssl_.get()));
}

// verifyClientPostHandshake(): queues a CertificateRequest for the next write.
Napi::Value SslObject::VerifyClientPostHandshake(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  const Call call(this);
  if (SSL_verify_client_post_handshake(ssl_.get()) != 1) {
    Rare().failure = {kFailed, 0, DrainErrorQueue()};
    return Report(info.Env(), kFailed);
  }
  return Report(info.Env(), kDone);
}

Napi::Value SslObject::IsHandshakeDone(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), ssl_ && SSL_is_init_finished(ssl_.get()) == 1);
}

}  // namespace sslkit
