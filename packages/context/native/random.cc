#include "random.h"

#include <openssl/err.h>
#include <openssl/rand.h>

#include "arguments.h"
#include "error-queue.h"

namespace sslkit {

namespace {

Napi::Value RandBytes(const Napi::CallbackInfo& info) {
  const ByteView into = ReadBytes(info[0]);
  ERR_clear_error();
  if (into.size > 0 && RAND_bytes(into.data, ClampToInt(into.size)) != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

Napi::Value RandStatus(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), RAND_status() == 1); }

Napi::Value RandAdd(const Napi::CallbackInfo& info) {
  const ByteView bytes = ReadBytes(info[0]);
  const double entropy = info[1].IsNumber() ? info[1].As<Napi::Number>().DoubleValue() : 0;
  RAND_add(bytes.data, ClampToInt(bytes.size), entropy);
  return info.Env().Undefined();
}

}  // namespace

void ExportRandom(Napi::Env env, Napi::Object exports) {
  exports.Set("randBytes", Napi::Function::New(env, RandBytes, "randBytes"));
  exports.Set("randStatus", Napi::Function::New(env, RandStatus, "randStatus"));
  exports.Set("randAdd", Napi::Function::New(env, RandAdd, "randAdd"));
}

}  // namespace sslkit
