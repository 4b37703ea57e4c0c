// Where a handshake stops to ask. OpenSSL is left with a status, TypeScript asks the user, gives the answer back here,
// and starts the handshake again: no JavaScript ever runs with OpenSSL on the stack.
#include <openssl/err.h>
#include <openssl/tls1.h>

#include "../arguments.h"
#include "ssl-object.h"

namespace sslkit {

namespace {

// The first host name of the server_name extension, RFC 6066 §3: list length (2), type (1), name length (2), name.
bool ParseServerName(const unsigned char* bytes, size_t size, std::string* name) {
  constexpr size_t kHeader = 5;
  if (size < kHeader) return false;
  const size_t list = static_cast<size_t>(bytes[0]) << 8 | bytes[1];
  const size_t length = static_cast<size_t>(bytes[3]) << 8 | bytes[4];
  if (list != size - 2 || bytes[2] != TLSEXT_NAMETYPE_host_name || length > size - kHeader) return false;
  name->assign(reinterpret_cast<const char*>(bytes + kHeader), length);
  return true;
}

}  // namespace

int SslObject::PauseAtClientHello(SSL* ssl, int* alert, void*) {
  SslObject* object = Of(ssl);
  if (object == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  if (object->client_hello_answered_) {
    if (object->client_hello_alert_ < 0) return SSL_CLIENT_HELLO_SUCCESS;
    *alert = object->client_hello_alert_;
    return SSL_CLIENT_HELLO_ERROR;
  }
  ClientHelloRecord& hello = object->client_hello_;
  const unsigned char* bytes = nullptr;  // borrowed from the SSL, valid in this callback
  size_t size = 0;
  hello.has_server_name = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &size) == 1 &&
                          ParseServerName(bytes, size, &hello.server_name);
  hello.alpn.clear();
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &bytes, &size) == 1 &&
      size > 2) {
    hello.alpn.assign(bytes + 2, bytes + size);
  }
  return SSL_CLIENT_HELLO_RETRY;
}

int SslObject::PauseAtCertificate(SSL* ssl, void*) {
  const SslObject* object = Of(ssl);
  // Below zero: suspend the handshake with SSL_ERROR_WANT_X509_LOOKUP: SSL_CTX_set_cert_cb(3).
  return object == nullptr || object->certificate_answered_ ? 1 : -1;
}

// clientHello(): `{serverName: Buffer | null, alpn: Buffer}` of a handshake that is paused there.
Napi::Value SslObject::ClientHello(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Napi::Object hello = Napi::Object::New(env);
  hello.Set("serverName", client_hello_.has_server_name
                              ? Napi::Buffer<char>::Copy(env, client_hello_.server_name.data(),
                                                         client_hello_.server_name.size())
                              : env.Null());
  hello.Set("alpn", Napi::Buffer<unsigned char>::Copy(env, client_hello_.alpn.data(), client_hello_.alpn.size()));
  return hello;
}

// answerClientHello(alert): below zero the handshake goes on, else it ends with that alert.
Napi::Value SslObject::AnswerClientHello(const Napi::CallbackInfo& info) {
  client_hello_answered_ = true;
  client_hello_alert_ = static_cast<int>(ReadInteger(info[0]));
  return info.Env().Undefined();
}

Napi::Value SslObject::AnswerCertificate(const Napi::CallbackInfo& info) {
  certificate_answered_ = true;
  return info.Env().Undefined();
}

}  // namespace sslkit
