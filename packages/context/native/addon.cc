// The add-on behind @sslkit/context. Native code calls OpenSSL and reports numbers, bytes and plain records; checking
// arguments, choosing error classes and wording messages is TypeScript's part.
#include <napi.h>

#include "constants.h"
#include "environment.h"
#include "random.h"
#include "ssl-context/ssl-context.h"
#include "ssl-object/ssl-object.h"
#include "ssl-session/ssl-session.h"
#include "windows-store.h"

namespace sslkit {

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  Environment* environment = Environment::Make(env);
  exports.Set("progress", environment->ProgressArray(env));
  exports.Set("SSLContext", SslContext::Define(env));
  exports.Set("SSLObject", SslObject::Define(env));
  SslObject::ExportCalls(env, exports);
  exports.Set("SSLSession", SslSession::Define(env));
  ExportConstants(env, exports);
  ExportRandom(env, exports);
  ExportWindowsStore(env, exports);
  exports.Set("builtinSignatureAlgorithms", Napi::Function::New(env, BuiltinSignatureAlgorithms));
  return exports;
}

}  // namespace sslkit

static Napi::Object Initialize(Napi::Env env, Napi::Object exports) { return sslkit::Initialize(env, exports); }
NODE_API_MODULE(NODE_GYP_MODULE_NAME, Initialize)
