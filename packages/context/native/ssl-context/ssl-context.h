#pragma once
#include <napi.h>

#include <vector>

#include "../pointers.h"

namespace sslkit {

// What OpenSSL's callbacks need to know of a context. Owned by the SSL_CTX (ex_data), because an SSL keeps its SSL_CTX
// alive for longer than JavaScript keeps the SSLContext.
struct ContextState {
  std::vector<unsigned char> alpn_protocols;  // wire form: a length byte before each name
  bool pause_on_client_hello = false;
  bool pause_on_certificate = false;
  bool pause_on_verify = false;
  bool log_keys = false;
  bool trace_messages = false;

  // Borrowed from `ctx`; never null for a context that this add-on made.
  static ContextState* Of(const SSL_CTX* ctx);
};

// alpn.cc: picks the protocol on a server.
int SelectAlpn(SSL* ssl, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
               unsigned int offered_length, void*);

// The native half of SSLContext: one SSL_CTX. Each topic of its methods is a file of this folder.
class SslContext : public Napi::ObjectWrap<SslContext> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit SslContext(const Napi::CallbackInfo& info);

  SSL_CTX* ctx() const { return ctx_.get(); }

 private:
  // certificates.cc
  Napi::Value UseCertificateChain(const Napi::CallbackInfo& info);
  Napi::Value UsePrivateKey(const Napi::CallbackInfo& info);
  Napi::Value UsePkcs12(const Napi::CallbackInfo& info);
  Napi::Value CheckPrivateKey(const Napi::CallbackInfo& info);
  // verify-locations.cc
  Napi::Value AddPemCertificates(const Napi::CallbackInfo& info);
  Napi::Value AddDerCertificates(const Napi::CallbackInfo& info);
  Napi::Value AddDerCrl(const Napi::CallbackInfo& info);
  Napi::Value AddDirectory(const Napi::CallbackInfo& info);
  Napi::Value SetDefaultVerifyPaths(const Napi::CallbackInfo& info);
  Napi::Value CertStoreStats(const Napi::CallbackInfo& info);
  Napi::Value GetCaCerts(const Napi::CallbackInfo& info);
  Napi::Value SetClientCaNames(const Napi::CallbackInfo& info);
  // verification.cc
  Napi::Value SetVerifyMode(const Napi::CallbackInfo& info);
  Napi::Value GetVerifyFlags(const Napi::CallbackInfo& info);
  Napi::Value SetVerifyFlags(const Napi::CallbackInfo& info);
  Napi::Value GetVerificationTime(const Napi::CallbackInfo& info);
  Napi::Value SetVerificationTime(const Napi::CallbackInfo& info);
  Napi::Value SetHostFlags(const Napi::CallbackInfo& info);
  // protocol-versions.cc
  Napi::Value GetVersion(const Napi::CallbackInfo& info);
  Napi::Value SetVersion(const Napi::CallbackInfo& info);
  // options.cc
  Napi::Value GetOptions(const Napi::CallbackInfo& info);
  Napi::Value SetOptions(const Napi::CallbackInfo& info);
  // ciphers.cc
  Napi::Value SetCiphers(const Napi::CallbackInfo& info);
  Napi::Value SetCiphersuites(const Napi::CallbackInfo& info);
  Napi::Value GetCiphers(const Napi::CallbackInfo& info);
  Napi::Value GetSecurityLevel(const Napi::CallbackInfo& info);
  // alpn.cc
  Napi::Value SetAlpnProtocols(const Napi::CallbackInfo& info);
  // groups.cc
  Napi::Value SetEcdhCurve(const Napi::CallbackInfo& info);
  Napi::Value SetGroups(const Napi::CallbackInfo& info);
  Napi::Value GetGroups(const Napi::CallbackInfo& info);
  Napi::Value SetSignatureAlgorithms(const Napi::CallbackInfo& info);
  Napi::Value UseDhParameters(const Napi::CallbackInfo& info);
  // sessions.cc
  Napi::Value SessionStats(const Napi::CallbackInfo& info);
  Napi::Value GetNumTickets(const Napi::CallbackInfo& info);
  Napi::Value SetNumTickets(const Napi::CallbackInfo& info);
  // tracing.cc
  Napi::Value SetTracing(const Napi::CallbackInfo& info);
  Napi::Value SetPauses(const Napi::CallbackInfo& info);

  SslContextPointer ctx_;
};

// groups.cc
Napi::Value BuiltinSignatureAlgorithms(const Napi::CallbackInfo& info);

}  // namespace sslkit
