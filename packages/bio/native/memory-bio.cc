// The functions that make a JavaScript object a MemoryBIO and work on it. The class itself is src/memory-bio.ts.
#include <openssl/err.h>

#include <algorithm>
#include <cstdint>
#include <new>

#include "memory-bio-method.h"
#include "memory-bio.h"
#include "sslkit_bio.h"

namespace sslkit {
namespace {

// What an idle MemoryBIO takes: the handle, the state and OpenSSL's BIO, whose size is private: malloc gives it 136 bytes
// with OpenSSL 3.0 and 3.5 on 64-bit Linux.
constexpr int64_t kIdleMemory = sizeof(sslkit_bio_handle) + sizeof(MemoryBIOState) + 136;
// V8 is told of changes from this size on, so that small messages come and go without a call for each.
constexpr int64_t kReportStep = 4096;

struct Arguments {
  napi_value first = nullptr;
  napi_value second = nullptr;
  napi_value third = nullptr;
  napi_value fourth = nullptr;
};

Arguments GetArguments(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value values[4];
  // Arguments that were not given arrive as undefined.
  if (napi_get_cb_info(env, info, &count, values, nullptr, nullptr) != napi_ok) return {};
  return {values[0], values[1], values[2], values[3]};
}

napi_value ToNumber(napi_env env, double number) {
  napi_value result = nullptr;
  napi_create_double(env, number, &result);
  return result;
}

// Null where `object` is no MemoryBIO of this copy. The result lives as long as the object.
MemoryBIOState* Unwrap(napi_env env, napi_value object) {
  bool tagged = false;
  if (napi_check_object_type_tag(env, object, &SSLKIT_BIO_TYPE_TAG, &tagged) != napi_ok || !tagged) return nullptr;
  void* wrapped = nullptr;
  if (napi_unwrap(env, object, &wrapped) != napi_ok) return nullptr;
  auto* handle = static_cast<sslkit_bio_handle*>(wrapped);
  // Another copy of this package, of another version, may have made the object.
  return handle->abi == SSLKIT_BIO_ABI ? StateOf(handle->bio) : nullptr;
}

void ReportMemory(napi_env env, MemoryBIOState* state) {
  const int64_t held = static_cast<int64_t>(state->queue.allocated()) + kIdleMemory;
  const int64_t change = held - state->reported;
  if (change > -kReportStep && change < kReportStep) return;
  int64_t total;
  if (napi_adjust_external_memory(env, change, &total) == napi_ok) state->reported = held;
}

// Runs once the object is collected, or when its environment ends. An SSL may still use the BIO.
void Finalize(napi_env env, void* data, void*) {
  auto* handle = static_cast<sslkit_bio_handle*>(data);
  int64_t total;
  napi_adjust_external_memory(env, -StateOf(handle->bio)->reported, &total);
  BIO_free(handle->bio);
  delete handle;
}

// attach(object): makes `object` carry a new BIO. 0, or a Status. The object must carry nothing yet.
napi_value Attach(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  BIO* bio = CreateMemoryBIO();
  auto* handle = new (std::nothrow) sslkit_bio_handle{SSLKIT_BIO_ABI, bio};
  if (bio == nullptr || handle == nullptr) {
    BIO_free(bio);
    delete handle;
    ERR_clear_error();
    return ToNumber(env, kOutOfMemory);
  }
  if (napi_wrap(env, arguments.first, handle, Finalize, nullptr, nullptr) != napi_ok) {
    BIO_free(bio);
    delete handle;
    return ToNumber(env, kWrongArgument);
  }
  // From here on Finalize owns the handle. An object that cannot take the tag stays wrapped and is no MemoryBIO.
  int64_t total;
  if (napi_adjust_external_memory(env, kIdleMemory, &total) == napi_ok) StateOf(bio)->reported = kIdleMemory;
  const bool tagged = napi_type_tag_object(env, arguments.first, &SSLKIT_BIO_TYPE_TAG) == napi_ok;
  return ToNumber(env, tagged ? 0 : kWrongArgument);
}

// pending(object): how many bytes are queued, or a Status.
napi_value Pending(napi_env env, napi_callback_info info) {
  const MemoryBIOState* state = Unwrap(env, GetArguments(env, info).first);
  if (state == nullptr) return ToNumber(env, kWrongArgument);
  return ToNumber(env, static_cast<double>(state->queue.size()));
}

// eof(object): 1 where the end has been written and nothing is queued, else 0, or a Status.
napi_value Eof(napi_env env, napi_callback_info info) {
  const MemoryBIOState* state = Unwrap(env, GetArguments(env, info).first);
  if (state == nullptr) return ToNumber(env, kWrongArgument);
  return ToNumber(env, state->ended && state->queue.size() == 0 ? 1 : 0);
}

struct Bytes {
  void* data = nullptr;
  size_t length = 0;
};

bool GetBytes(napi_env env, napi_value value, Bytes* bytes) {
  napi_typedarray_type type;
  return napi_get_typedarray_info(env, value, &type, &bytes->length, &bytes->data, nullptr, nullptr) == napi_ok &&
         type == napi_uint8_array;
}

// read(object, target): fills the Uint8Array with the oldest bytes, as far as they go. Their count, or a Status.
napi_value Read(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  MemoryBIOState* state = Unwrap(env, arguments.first);
  Bytes target;
  if (state == nullptr || !GetBytes(env, arguments.second, &target)) return ToNumber(env, kWrongArgument);
  const size_t count = state->queue.Take(target.data, target.length);
  ReportMemory(env, state);
  return ToNumber(env, static_cast<double>(count));
}

// take(object, target, offset, limit): puts the oldest bytes, `limit` at most, into the Uint8Array behind `offset`. Their
// count; or, where they do not all fit, kNoRoom less their count, and nothing is taken; or a Status.
napi_value Take(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  MemoryBIOState* state = Unwrap(env, arguments.first);
  Bytes target;
  uint32_t offset = 0;
  uint32_t limit = 0;
  if (state == nullptr || !GetBytes(env, arguments.second, &target) ||
      napi_get_value_uint32(env, arguments.third, &offset) != napi_ok || offset > target.length ||
      napi_get_value_uint32(env, arguments.fourth, &limit) != napi_ok) {
    return ToNumber(env, kWrongArgument);
  }
  const size_t wanted = std::min(state->queue.size(), static_cast<size_t>(limit));
  if (wanted > target.length - offset) return ToNumber(env, kNoRoom - static_cast<double>(wanted));
  const size_t count = state->queue.Take(static_cast<unsigned char*>(target.data) + offset, wanted);
  ReportMemory(env, state);
  return ToNumber(env, static_cast<double>(count));
}

// write(object, bytes): queues all of the Uint8Array. Its length, or a Status.
napi_value Write(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  MemoryBIOState* state = Unwrap(env, arguments.first);
  Bytes bytes;
  if (state == nullptr || !GetBytes(env, arguments.second, &bytes)) return ToNumber(env, kWrongArgument);
  if (state->ended) return ToNumber(env, kEndWritten);
  if (!state->queue.Append(bytes.data, bytes.length)) return ToNumber(env, kOutOfMemory);
  ReportMemory(env, state);
  return ToNumber(env, static_cast<double>(bytes.length));
}

// writeEof(object): writes the end. 0, or a Status.
napi_value WriteEof(napi_env env, napi_callback_info info) {
  MemoryBIOState* state = Unwrap(env, GetArguments(env, info).first);
  if (state == nullptr) return ToNumber(env, kWrongArgument);
  state->ended = true;
  return ToNumber(env, 0);
}

napi_property_descriptor Function(const char* name, napi_callback callback) {
  return {name, nullptr, callback, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
}

napi_property_descriptor Constant(const char* name, napi_value value) {
  return {name, nullptr, nullptr, nullptr, nullptr, value, napi_enumerable, nullptr};
}

}  // namespace

bool DefineMemoryBIO(napi_env env, napi_value exports) {
  const napi_property_descriptor properties[] = {
      Function("attach", Attach),
      Function("pending", Pending),
      Function("eof", Eof),
      Function("read", Read),
      Function("take", Take),
      Function("write", Write),
      Function("writeEof", WriteEof),
      Constant("WRONG_ARGUMENT", ToNumber(env, kWrongArgument)),
      Constant("END_WRITTEN", ToNumber(env, kEndWritten)),
      Constant("OUT_OF_MEMORY", ToNumber(env, kOutOfMemory)),
      Constant("NO_ROOM", ToNumber(env, kNoRoom)),
  };
  return napi_define_properties(env, exports, sizeof(properties) / sizeof(*properties), properties) == napi_ok;
}

}  // namespace sslkit
