// Where a handshake stops to ask. OpenSSL is left with a status, TypeScript asks the user, gives the answer back here,
// and starts the handshake again: no JavaScript ever runs with OpenSSL on the stack.
#include <openssl/err.h>
#include <openssl/tls1.h>

#include "../arguments.h"
#include "../environment.h"
#include "../ssl-context/ssl-context.h"
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
  ClientHelloRecord& hello = object->Rare().client_hello;
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
  // A server decides by the ClientHello instead, where it can switch the whole context.
  if (SSL_is_server(ssl) == 1) return 1;
  // Below zero: suspend the handshake with SSL_ERROR_WANT_X509_LOOKUP: SSL_CTX_set_cert_cb(3).
  return object == nullptr || object->certificate_answered_ ? 1 : -1;
}

// clientHello(): `{serverName: Buffer | null, alpn: Buffer}` of a handshake that is paused there.
Napi::Value SslObject::ClientHello(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const ClientHelloRecord& record = Rare().client_hello;
  Napi::Object hello = Napi::Object::New(env);
  hello.Set("serverName", record.has_server_name
                              ? Napi::Buffer<char>::Copy(env, record.server_name.data(), record.server_name.size())
                              : env.Null());
  hello.Set("alpn", Napi::Buffer<unsigned char>::Copy(env, record.alpn.data(), record.alpn.size()));
  return hello;
}

// answerClientHello(alert): below zero the handshake goes on, else it ends with that alert.
Napi::Value SslObject::AnswerClientHello(const Napi::CallbackInfo& info) {
  client_hello_answered_ = true;
  client_hello_alert_ = static_cast<int>(ReadInteger(info[0]));
  return info.Env().Undefined();
}

// answerCertificate(context | null): the client goes on with that context's certificate, key and chain, or with none.
Napi::Value SslObject::AnswerCertificate(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  certificate_answered_ = true;
  const SslContext* context = UnwrapTagged<SslContext>(info[0], kContextTag);
  if (context == nullptr) return info.Env().Undefined();
  ERR_clear_error();
  STACK_OF(X509)* chain = nullptr;  // borrowed from the SSL_CTX, as certificate and key are; the SSL copies references
  SSL_CTX_get0_chain_certs(context->ctx(), &chain);
  if (SSL_use_cert_and_key(ssl_.get(), SSL_CTX_get0_certificate(context->ctx()),
                           SSL_CTX_get0_privatekey(context->ctx()), chain, 1) != 1) {
    return Failure(info.Env());
  }
  return info.Env().Undefined();
}

// In place of X509_verify_cert, which it calls: SSL_CTX_set_cert_verify_callback(3). OpenSSL verifies first; then the
// caller may overrule it either way.
int SslObject::PauseAtVerification(X509_STORE_CTX* store_context, void*) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  SslObject* object = ssl == nullptr ? nullptr : Of(ssl);
  const int verified = X509_verify_cert(store_context) == 1 ? 1 : 0;
  // SSL_set_retry_verify(3) works on clients; on a server its return value would accept the certificate.
  if (object == nullptr || SSL_is_server(ssl) == 1) return verified;
  if (object->verdict_ == Verdict::kNone) {
    VerificationRecord& record = object->Rare().verification;
    record.error = X509_STORE_CTX_get_error(store_context);
    if (verified == 1) {
      record.chain.clear();
      record.depth = 0;
    }
    static_cast<void>(SSL_set_retry_verify(ssl));
    return 1;  // "try again" is only looked at behind a positive result
  }
  const bool accepted = object->verdict_ == Verdict::kAccepted;
  if (accepted) {
    object->Rare().verification = {};
    X509_STORE_CTX_set_error(store_context, X509_V_OK);
  } else if (verified == 1) {
    X509_STORE_CTX_set_error(store_context, X509_V_ERR_APPLICATION_VERIFICATION);
  }
  return accepted ? 1 : 0;
}

// answerVerification(accept)
Napi::Value SslObject::AnswerVerification(const Napi::CallbackInfo& info) {
  verdict_ = ReadBoolean(info[0]) ? Verdict::kAccepted : Verdict::kRefused;
  return info.Env().Undefined();
}

// verification(): `{verifyResult, verifyDepth, verifyCertificate, verifyChain}` while a handshake is paused there.
Napi::Value SslObject::Verification(const Napi::CallbackInfo& info) {
  Napi::Object record = Napi::Object::New(info.Env());
  record.Set("verifyResult", Rare().verification.error);
  return DescribeVerification(info.Env(), record);
}

const std::string* SslObject::AlpnChoiceOf(const SSL* ssl) {
  const SslObject* object = Of(ssl);
  const RareState* rare = object == nullptr ? nullptr : object->rare_.get();
  return rare != nullptr && rare->alpn_choice ? &*rare->alpn_choice : nullptr;
}

// chooseAlpn(name): for this connection alone; the empty name selects none.
Napi::Value SslObject::ChooseAlpn(const Napi::CallbackInfo& info) {
  Rare().alpn_choice = ReadString(info[0]);
  // The callback that asks for the choice is set with the context's list; this connection may be its only user.
  if (Usable()) SSL_CTX_set_alpn_select_cb(SSL_get_SSL_CTX(ssl_.get()), SelectAlpn, nullptr);
  return info.Env().Undefined();
}

// peerCaNames(): DER of the names in the server's CertificateRequest.
Napi::Value SslObject::PeerCaNames(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  const STACK_OF(X509_NAME)* list = ssl_ ? SSL_get0_peer_CA_list(ssl_.get()) : nullptr;  // borrowed
  for (int index = 0; list != nullptr && index < sk_X509_NAME_num(list); index++) {
    const X509_NAME* name = sk_X509_NAME_value(list, index);
    const int length = i2d_X509_NAME(name, nullptr);
    if (length <= 0) continue;
    Napi::Buffer<unsigned char> der = Napi::Buffer<unsigned char>::New(info.Env(), static_cast<size_t>(length));
    if (der.IsEmpty()) break;  // the worker is being terminated
    unsigned char* cursor = der.Data();
    i2d_X509_NAME(name, &cursor);
    names.Set(names.Length(), der);
  }
  return names;
}

}  // namespace sslkit
