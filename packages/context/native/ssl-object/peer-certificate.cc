#include <openssl/err.h>

#include "ssl-object.h"

namespace sslkit {

namespace {

Napi::Value EncodeToBuffer(Napi::Env env, X509* certificate) {
  const int length = certificate == nullptr ? 0 : i2d_X509(certificate, nullptr);
  if (length <= 0) return env.Null();
  Napi::Buffer<unsigned char> der = Napi::Buffer<unsigned char>::New(env, static_cast<size_t>(length));
  if (der.IsEmpty()) return env.Null();  // the worker is being terminated
  unsigned char* cursor = der.Data();
  i2d_X509(certificate, &cursor);
  return der;
}

Napi::Array EncodeChain(Napi::Env env, const STACK_OF(X509) * chain, X509* leaf) {
  Napi::Array certificates = Napi::Array::New(env);
  if (leaf != nullptr) certificates.Set(certificates.Length(), EncodeToBuffer(env, leaf));
  for (int index = 0; chain != nullptr && index < sk_X509_num(chain); index++) {
    certificates.Set(certificates.Length(), EncodeToBuffer(env, sk_X509_value(chain, index)));
  }
  return certificates;
}

}  // namespace

// peerCertificate(): DER, or null where the peer sent none.
Napi::Value SslObject::PeerCertificate(const Napi::CallbackInfo& info) {
  return EncodeToBuffer(info.Env(), ssl_ ? SSL_get0_peer_certificate(ssl_.get()) : nullptr);
}

// verifiedChain(): leaf to root as OpenSSL built it; empty after a resumption: SSL_get0_verified_chain(3).
Napi::Value SslObject::VerifiedChain(const Napi::CallbackInfo& info) {
  return EncodeChain(info.Env(), ssl_ ? SSL_get0_verified_chain(ssl_.get()) : nullptr, nullptr);
}

// unverifiedChain(): what the peer sent, leaf first; a server's stack lacks the leaf: SSL_get_peer_cert_chain(3).
Napi::Value SslObject::UnverifiedChain(const Napi::CallbackInfo& info) {
  if (!ssl_) return Napi::Array::New(info.Env());
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl_.get());
  X509* leaf = chain != nullptr && SSL_is_server(ssl_.get()) ? SSL_get0_peer_certificate(ssl_.get()) : nullptr;
  return EncodeChain(info.Env(), chain, leaf);
}

Napi::Value SslObject::VerifyResult(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ssl_ ? static_cast<double>(SSL_get_verify_result(ssl_.get())) : 0);
}

}  // namespace sslkit
