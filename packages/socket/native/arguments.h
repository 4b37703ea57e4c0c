#pragma once
#include <node_api.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

// What the calls of this add-on take and answer with.
namespace sslkit {

struct ByteView {
  uint8_t* data = nullptr;  // JavaScript's, for the duration of the call
  size_t size = 0;
};

inline ByteView ReadBytes(napi_env env, napi_value value) {
  if (value == nullptr) return {};
  napi_typedarray_type type;
  size_t size = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &size, &data, nullptr, nullptr) != napi_ok) return {};
  if (type != napi_uint8_array || data == nullptr) return {};
  return {static_cast<uint8_t*>(data), size};
}

inline int32_t ReadInteger(napi_env env, napi_value value) {
  int32_t number = 0;
  if (value != nullptr) napi_get_value_int32(env, value, &number);
  return number;
}

inline bool ReadBoolean(napi_env env, napi_value value) {
  bool boolean = false;
  if (value != nullptr) napi_get_value_bool(env, value, &boolean);
  return boolean;
}

inline napi_value ToNumber(napi_env env, int32_t number) {
  napi_value value = nullptr;
  napi_create_int32(env, number, &value);
  return value;
}

// Every call answers with a count or with the system's error number below zero.
inline int32_t Result(ssize_t result) { return result < 0 ? -errno : static_cast<int32_t>(result); }

}  // namespace sslkit
