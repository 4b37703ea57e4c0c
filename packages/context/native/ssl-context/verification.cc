#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "../arguments.h"
#include "../ssl-object/ssl-object.h"
#include "ssl-context.h"

namespace sslkit {

namespace {

// Says that a time was set, which a flag cannot do by itself: it comes and goes with setVerificationTime alone.
constexpr unsigned long kHasTime = X509_V_FLAG_USE_CHECK_TIME;

}  // namespace

// setVerifyMode(SSL_VERIFY_* bits): SSL_CTX_set_verify(3). The callback only remembers where verification failed.
Napi::Value SslContext::SetVerifyMode(const Napi::CallbackInfo& info) {
  SSL_CTX_set_verify(ctx_.get(), static_cast<int>(ReadInteger(info[0])), SslObject::RememberVerification);
  return info.Env().Undefined();
}

Napi::Value SslContext::GetVerifyFlags(const Napi::CallbackInfo& info) {
  const unsigned long flags = X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(ctx_.get())) & ~kHasTime;
  return Napi::Number::New(info.Env(), static_cast<double>(flags));
}

// setVerifyFlags(flags): exactly these X509_V_FLAG_*, so bits that are missing are cleared.
Napi::Value SslContext::SetVerifyFlags(const Napi::CallbackInfo& info) {
  const auto wanted = static_cast<unsigned long>(ReadInteger(info[0]));
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(ctx_.get());
  const unsigned long current = X509_VERIFY_PARAM_get_flags(param);
  X509_VERIFY_PARAM_clear_flags(param, current & ~wanted & ~kHasTime);
  X509_VERIFY_PARAM_set_flags(param, wanted & ~current & ~kHasTime);
  return info.Env().Undefined();
}

// getVerificationTime(): in seconds since 1970, or null for the present.
Napi::Value SslContext::GetVerificationTime(const Napi::CallbackInfo& info) {
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(ctx_.get());
  if ((X509_VERIFY_PARAM_get_flags(param) & kHasTime) == 0) return info.Env().Null();
  return Napi::Number::New(info.Env(), static_cast<double>(X509_VERIFY_PARAM_get_time(param)));
}

// setVerificationTime(seconds since 1970, or null): X509_VERIFY_PARAM_set_time(3), which sets its flag too.
Napi::Value SslContext::SetVerificationTime(const Napi::CallbackInfo& info) {
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(ctx_.get());
  if (info[0].IsNull()) {
    X509_VERIFY_PARAM_clear_flags(param, kHasTime);
  } else {
    X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(ReadInteger(info[0])));
  }
  return info.Env().Undefined();
}

// setHostFlags(X509_CHECK_FLAG_* bits)
Napi::Value SslContext::SetHostFlags(const Napi::CallbackInfo& info) {
  X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(ctx_.get()), static_cast<unsigned int>(ReadInteger(info[0])));
  return info.Env().Undefined();
}

}  // namespace sslkit
