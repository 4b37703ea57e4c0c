#include <openssl/err.h>

#include "../arguments.h"
#include "../error-queue.h"
#include "ssl-context.h"

namespace sslkit {

// getVersion(maximum): the lowest or highest version on the wire, 0 where there is no bound.
Napi::Value SslContext::GetVersion(const Napi::CallbackInfo& info) {
  const bool maximum = ReadBoolean(info[0]);
  const long version = maximum ? SSL_CTX_get_max_proto_version(ctx_.get()) : SSL_CTX_get_min_proto_version(ctx_.get());
  return Napi::Number::New(info.Env(), static_cast<double>(version));
}

// setVersion(maximum, version): SSL_CTX_set_min_proto_version(3).
Napi::Value SslContext::SetVersion(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const bool maximum = ReadBoolean(info[0]);
  const int version = static_cast<int>(ReadInteger(info[1]));
  const long done =
      maximum ? SSL_CTX_set_max_proto_version(ctx_.get(), version) : SSL_CTX_set_min_proto_version(ctx_.get(), version);
  ERR_clear_error();
  return Napi::Boolean::New(info.Env(), done == 1);
}

}  // namespace sslkit
