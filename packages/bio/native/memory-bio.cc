// The functions that make a JavaScript object a MemoryBIO and work on it. The class itself is src/memory-bio.ts.
#include <openssl/err.h>

#include <algorithm>
#include <cstdint>
#include <new>

#include "memory-bio-method.h"
#include "memory-bio.h"
#include "sslkit_bio.h"
#include "state-table.h"

namespace sslkit {
namespace {

// What the object wraps. Owner: the object. Other add-ons see the first member alone.
struct Attached {
  sslkit_bio_handle handle;
  StateTable* table;  // one of its owners
  int32_t place;      // of the BIO's state in the table
};

// What an idle MemoryBIO takes: all of this and OpenSSL's BIO, whose size is private: malloc gives it 136 bytes with
// OpenSSL 3.0 and 3.5 on 64-bit Linux.
constexpr int64_t kIdleMemory = sizeof(Attached) + sizeof(MemoryBIOState) + 136;
// V8 is told of changes from this size on, all MemoryBIOs of the environment together, so that they and full records come
// and go without a call for each.
constexpr int64_t kReportStep = 32 * 1024;

struct Arguments {
  StateTable* table = nullptr;  // borrowed from the environment
  napi_value values[4] = {};
};

Arguments GetArguments(napi_env env, napi_callback_info info) {
  Arguments arguments;
  size_t count = 4;
  void* table = nullptr;
  // Arguments that were not given arrive as undefined.
  if (napi_get_cb_info(env, info, &count, arguments.values, nullptr, &table) == napi_ok) {
    arguments.table = static_cast<StateTable*>(table);
  }
  return arguments;
}

// Null where the first argument is no number of a MemoryBIO of this environment. The result lives as long as its object.
MemoryBIOState* FindState(napi_env env, const Arguments& arguments) {
  uint32_t place = 0;
  if (arguments.table == nullptr || napi_get_value_uint32(env, arguments.values[0], &place) != napi_ok) return nullptr;
  return arguments.table->At(place);
}

napi_value ToNumber(napi_env env, int64_t number) {
  napi_value result = nullptr;
  if (number >= INT32_MIN && number <= INT32_MAX) {
    napi_create_int32(env, static_cast<int32_t>(number), &result);
  } else {
    napi_create_int64(env, number, &result);
  }
  return result;
}

void ReportMemory(napi_env env, StateTable* table, int64_t change) {
  table->unreported += change;
  if (table->unreported > -kReportStep && table->unreported < kReportStep) return;
  const int64_t unreported = table->unreported;
  table->unreported = 0;
  // V8 may collect MemoryBIOs on this, and the caller's own: nothing but its number has kept it.
  int64_t total;
  napi_adjust_external_memory(env, unreported, &total);
}

// Ends a call that may have changed how much memory the queue takes.
void ReportQueue(napi_env env, StateTable* table, MemoryBIOState* state) {
  const int64_t held = static_cast<int64_t>(state->queue.allocated());
  const int64_t change = held - state->reported;
  state->reported = held;
  if (change != 0) ReportMemory(env, table, change);
}

// Runs once the object is collected, or when its environment ends. An SSL may still use the BIO.
void Finalize(napi_env env, void* data, void*) {
  auto* attached = static_cast<Attached*>(data);
  if (attached->place >= 0) {
    const int64_t queued = attached->table->At(static_cast<uint32_t>(attached->place))->reported;
    attached->table->Remove(attached->place);
    ReportMemory(env, attached->table, -queued - kIdleMemory);
  }
  attached->table->Release();
  BIO_free(attached->handle.bio);
  delete attached;
}

// attach(object): makes `object` carry a new BIO. The number by which the other functions find it, or a Status. The object
// must carry nothing yet.
napi_value Attach(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  const napi_value object = arguments.values[0];
  BIO* bio = CreateMemoryBIO();
  auto* attached = new (std::nothrow) Attached{{SSLKIT_BIO_ABI, bio}, arguments.table, -1};
  if (bio == nullptr || attached == nullptr) {
    BIO_free(bio);
    delete attached;
    ERR_clear_error();
    return ToNumber(env, kOutOfMemory);
  }
  if (napi_wrap(env, object, attached, Finalize, nullptr, nullptr) != napi_ok) {
    BIO_free(bio);
    delete attached;
    return ToNumber(env, kWrongArgument);
  }
  // From here on Finalize frees it. An object that cannot take the tag stays wrapped and is no MemoryBIO.
  attached->table->Acquire();
  if (napi_type_tag_object(env, object, &SSLKIT_BIO_TYPE_TAG) != napi_ok) return ToNumber(env, kWrongArgument);
  attached->place = attached->table->Add(StateOf(bio));
  if (attached->place < 0) return ToNumber(env, kOutOfMemory);
  ReportMemory(env, attached->table, kIdleMemory);
  return ToNumber(env, attached->place);
}

// pending(number): how many bytes are queued, or a Status.
napi_value Pending(napi_env env, napi_callback_info info) {
  const MemoryBIOState* state = FindState(env, GetArguments(env, info));
  if (state == nullptr) return ToNumber(env, kWrongArgument);
  return ToNumber(env, static_cast<int64_t>(state->queue.size()));
}

// eof(number): 1 where the end has been written and nothing is queued, else 0, or a Status.
napi_value Eof(napi_env env, napi_callback_info info) {
  const MemoryBIOState* state = FindState(env, GetArguments(env, info));
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

// read(number, target): fills the Uint8Array with the oldest bytes, as far as they go. Their count, or a Status.
napi_value Read(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  MemoryBIOState* state = FindState(env, arguments);
  Bytes target;
  if (state == nullptr || !GetBytes(env, arguments.values[1], &target)) return ToNumber(env, kWrongArgument);
  const size_t count = state->queue.Take(target.data, target.length);
  ReportQueue(env, arguments.table, state);
  return ToNumber(env, static_cast<int64_t>(count));
}

// take(number, target, offset, limit): puts the oldest bytes, `limit` at most, into the Uint8Array behind `offset`. Their
// count; or, where they do not all fit, kNoRoom less their count, and nothing is taken; or a Status.
napi_value Take(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  MemoryBIOState* state = FindState(env, arguments);
  Bytes target;
  uint32_t offset = 0;
  uint32_t limit = 0;
  if (state == nullptr || !GetBytes(env, arguments.values[1], &target) ||
      napi_get_value_uint32(env, arguments.values[2], &offset) != napi_ok ||
      napi_get_value_uint32(env, arguments.values[3], &limit) != napi_ok) {
    return ToNumber(env, kWrongArgument);
  }
  const size_t wanted = std::min(state->queue.size(), static_cast<size_t>(limit));
  // A target whose memory was transferred has no room even for nothing.
  if (offset > target.length || wanted > target.length - offset) {
    return ToNumber(env, kNoRoom - static_cast<int64_t>(wanted));
  }
  const size_t count = state->queue.Take(static_cast<unsigned char*>(target.data) + offset, wanted);
  ReportQueue(env, arguments.table, state);
  return ToNumber(env, static_cast<int64_t>(count));
}

// write(number, bytes): queues all of the Uint8Array. Its length, or a Status.
napi_value Write(napi_env env, napi_callback_info info) {
  const Arguments arguments = GetArguments(env, info);
  MemoryBIOState* state = FindState(env, arguments);
  Bytes bytes;
  if (state == nullptr || !GetBytes(env, arguments.values[1], &bytes)) return ToNumber(env, kWrongArgument);
  if (state->ended) return ToNumber(env, kEndWritten);
  if (!state->queue.Append(bytes.data, bytes.length)) return ToNumber(env, kOutOfMemory);
  ReportQueue(env, arguments.table, state);
  return ToNumber(env, static_cast<int64_t>(bytes.length));
}

// writeEof(number): writes the end. 0, or a Status.
napi_value WriteEof(napi_env env, napi_callback_info info) {
  MemoryBIOState* state = FindState(env, GetArguments(env, info));
  if (state == nullptr) return ToNumber(env, kWrongArgument);
  state->ended = true;
  return ToNumber(env, 0);
}

napi_property_descriptor Function(const char* name, napi_callback callback, StateTable* table) {
  return {name, nullptr, callback, nullptr, nullptr, nullptr, napi_enumerable, table};
}

napi_property_descriptor Constant(const char* name, napi_value value) {
  return {name, nullptr, nullptr, nullptr, nullptr, value, napi_enumerable, nullptr};
}

void ReleaseTable(napi_env, void* table, void*) { static_cast<StateTable*>(table)->Release(); }

}  // namespace

bool DefineMemoryBIO(napi_env env, napi_value exports) {
  auto* table = new (std::nothrow) StateTable();
  if (table == nullptr || napi_set_instance_data(env, table, ReleaseTable, nullptr) != napi_ok) {
    if (table != nullptr) table->Release();
    return false;
  }
  const napi_property_descriptor properties[] = {
      Function("attach", Attach, table),
      Function("pending", Pending, table),
      Function("eof", Eof, table),
      Function("read", Read, table),
      Function("take", Take, table),
      Function("write", Write, table),
      Function("writeEof", WriteEof, table),
      Constant("WRONG_ARGUMENT", ToNumber(env, kWrongArgument)),
      Constant("END_WRITTEN", ToNumber(env, kEndWritten)),
      Constant("OUT_OF_MEMORY", ToNumber(env, kOutOfMemory)),
      Constant("NO_ROOM", ToNumber(env, kNoRoom)),
  };
  return napi_define_properties(env, exports, sizeof(properties) / sizeof(*properties), properties) == napi_ok;
}

}  // namespace sslkit
