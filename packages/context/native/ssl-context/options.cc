#include "ssl-context.h"

namespace sslkit {

Napi::Value SslContext::GetOptions(const Napi::CallbackInfo& info) {
  return Napi::BigInt::New(info.Env(), static_cast<uint64_t>(SSL_CTX_get_options(ctx_.get())));
}

// setOptions(bits: bigint): exactly these SSL_OP_*, so bits that are missing are cleared.
Napi::Value SslContext::SetOptions(const Napi::CallbackInfo& info) {
  if (!info[0].IsBigInt()) return info.Env().Undefined();
  bool lossless = false;
  const uint64_t wanted = info[0].As<Napi::BigInt>().Uint64Value(&lossless);
  const uint64_t current = SSL_CTX_get_options(ctx_.get());
  SSL_CTX_clear_options(ctx_.get(), current & ~wanted);
  SSL_CTX_set_options(ctx_.get(), wanted & ~current);
  return info.Env().Undefined();
}

}  // namespace sslkit
