#pragma once
// Reading arguments. TypeScript has checked types and ranges already; these only keep a mistake there from becoming
// a memory error here: a wrong type reads as empty.
#include <napi.h>

#include <climits>
#include <cstdint>
#include <string>

namespace sslkit {

// Bytes that belong to JavaScript, valid until the call returns. Cut at what an `int` counts: the counts that go back are
// 32 bits, and a caller who is told that fewer were taken gives the rest again.
struct ByteView {
  uint8_t* data = nullptr;
  size_t size = 0;
};

inline ByteView ReadBytes(napi_env env, napi_value value) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok) return {};
  if (type != napi_uint8_array || data == nullptr) return {};
  return {static_cast<uint8_t*>(data), length > INT_MAX ? static_cast<size_t>(INT_MAX) : length};
}

inline ByteView ReadBytes(const Napi::Value& value) { return ReadBytes(value.Env(), value); }

inline std::string ReadString(const Napi::Value& value) {
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

inline int64_t ReadInteger(const Napi::Value& value) {
  return value.IsNumber() ? value.As<Napi::Number>().Int64Value() : 0;
}

inline bool ReadBoolean(const Napi::Value& value) { return value.IsBoolean() && value.As<Napi::Boolean>().Value(); }

// OpenSSL's lengths are `int` in many places; what is longer is cut here, never wrapped to a negative number.
inline int ClampToInt(size_t size) { return size > INT_MAX ? INT_MAX : static_cast<int>(size); }

}  // namespace sslkit
