#include "ssl-context.h"

#include <openssl/err.h>

#include "../arguments.h"
#include "../environment.h"
#include "../ssl-object/ssl-object.h"

namespace sslkit {

namespace {

void FreeContextState(void*, void* pointer, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<ContextState*>(pointer);
}

int ContextStateIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, FreeContextState);
  return index;
}

enum Role : int64_t { kAnyRole = 0, kClient = 1, kServer = 2 };

}  // namespace

ContextState* ContextState::Of(const SSL_CTX* ctx) {
  return static_cast<ContextState*>(SSL_CTX_get_ex_data(ctx, ContextStateIndex()));
}

Napi::Function SslContext::Define(Napi::Env env) {
  Napi::Function constructor =
      DefineClass(env, "SSLContext",
                  {
                      InstanceMethod<&SslContext::UseCertificateChain>("useCertificateChain"),
                      InstanceMethod<&SslContext::UsePrivateKey>("usePrivateKey"),
                      InstanceMethod<&SslContext::UsePkcs12>("usePkcs12"),
                      InstanceMethod<&SslContext::CheckPrivateKey>("checkPrivateKey"),
                      InstanceMethod<&SslContext::AddPemCertificates>("addPemCertificates"),
                      InstanceMethod<&SslContext::AddDerCertificates>("addDerCertificates"),
                      InstanceMethod<&SslContext::AddDerCrl>("addDerCrl"),
                      InstanceMethod<&SslContext::AddDirectory>("addDirectory"),
                      InstanceMethod<&SslContext::SetDefaultVerifyPaths>("setDefaultVerifyPaths"),
                      InstanceMethod<&SslContext::CertStoreStats>("certStoreStats"),
                      InstanceMethod<&SslContext::GetCaCerts>("getCaCerts"),
                      InstanceMethod<&SslContext::SetClientCaNames>("setClientCaNames"),
                      InstanceMethod<&SslContext::SetVerifyMode>("setVerifyMode"),
                      InstanceMethod<&SslContext::GetVerifyFlags>("getVerifyFlags"),
                      InstanceMethod<&SslContext::SetVerifyFlags>("setVerifyFlags"),
                      InstanceMethod<&SslContext::GetVerificationTime>("getVerificationTime"),
                      InstanceMethod<&SslContext::SetVerificationTime>("setVerificationTime"),
                      InstanceMethod<&SslContext::SetHostFlags>("setHostFlags"),
                      InstanceMethod<&SslContext::GetVersion>("getVersion"),
                      InstanceMethod<&SslContext::SetVersion>("setVersion"),
                      InstanceMethod<&SslContext::GetOptions>("getOptions"),
                      InstanceMethod<&SslContext::SetOptions>("setOptions"),
                      InstanceMethod<&SslContext::SetCiphers>("setCiphers"),
                      InstanceMethod<&SslContext::SetCiphersuites>("setCiphersuites"),
                      InstanceMethod<&SslContext::GetCiphers>("getCiphers"),
                      InstanceMethod<&SslContext::GetSecurityLevel>("getSecurityLevel"),
                      InstanceMethod<&SslContext::SetAlpnProtocols>("setAlpnProtocols"),
                      InstanceMethod<&SslContext::SetEcdhCurve>("setEcdhCurve"),
                      InstanceMethod<&SslContext::SetGroups>("setGroups"),
                      InstanceMethod<&SslContext::GetGroups>("getGroups"),
                      InstanceMethod<&SslContext::SetSignatureAlgorithms>("setSignatureAlgorithms"),
                      InstanceMethod<&SslContext::UseDhParameters>("useDhParameters"),
                      InstanceMethod<&SslContext::SessionStats>("sessionStats"),
                      InstanceMethod<&SslContext::GetNumTickets>("getNumTickets"),
                      InstanceMethod<&SslContext::SetNumTickets>("setNumTickets"),
                      InstanceMethod<&SslContext::SetTracing>("setTracing"),
                      InstanceMethod<&SslContext::SetPauses>("setPauses"),
                  });
  Environment::Of(env)->context_constructor = Napi::Persistent(constructor);
  return constructor;
}

// new SSLContext(role: 0 any, 1 client, 2 server)
SslContext::SslContext(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SslContext>(info) {
  ERR_clear_error();
  const int64_t role = ReadInteger(info[0]);
  const SSL_METHOD* method = role == kClient   ? TLS_client_method()
                             : role == kServer ? TLS_server_method()
                                               : TLS_method();
  ctx_.reset(SSL_CTX_new(method));
  if (!ctx_ || SSL_CTX_set_ex_data(ctx_.get(), ContextStateIndex(), new ContextState()) != 1) {
    // SSL_CTX_new fails only when memory or OpenSSL's own configuration is broken.
    Napi::Error::New(info.Env(), "OpenSSL could not make an SSL_CTX").ThrowAsJavaScriptException();
    return;
  }
  napi_type_tag_object(info.Env(), info.This(), &kContextTag);

  SSL_CTX_set_mode(ctx_.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
}

}  // namespace sslkit
