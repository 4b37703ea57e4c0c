#pragma once
#include <napi.h>

#include "../pointers.h"

namespace sslkit {

// The native half of SSLSession: one reference to an SSL_SESSION.
class SslSession : public Napi::ObjectWrap<SslSession> {
 public:
  static Napi::Function Define(Napi::Env env);
  static Napi::Value Wrap(Napi::Env env, SslSessionPointer session);
  explicit SslSession(const Napi::CallbackInfo& info);

  // Borrowed; null for an object that was not made by Wrap.
  SSL_SESSION* session() const { return session_.get(); }

 private:
  Napi::Value Facts(const Napi::CallbackInfo& info);
  Napi::Value ToBytes(const Napi::CallbackInfo& info);
  static Napi::Value FromBytes(const Napi::CallbackInfo& info);

  SslSessionPointer session_;
};

}  // namespace sslkit
