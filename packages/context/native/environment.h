#pragma once
// What this add-on keeps for each JavaScript environment (the main thread or a worker). Nothing else outlives a call
// but the objects themselves; the few process-wide values are immutable once made.
#include <napi.h>

#include <vector>

#include "outcome.h"
#include "ssl-object/buffer-keepers.h"

namespace sslkit {

class SslObject;

// Owners: the JavaScript environment, and each SslObject in it, for which of them is finalized last is Node's affair.
class Environment {
 public:
  static Environment* Make(Napi::Env env);
  static Environment* Of(Napi::Env env) { return env.GetInstanceData<Environment>(); }

  // The Int32Array whose memory is `progress`; its reference keeps that memory alive.
  Napi::Value ProgressArray(Napi::Env env);

  int32_t* progress() { return progress_; }

  // The calls that move bytes name their object by a number: to unwrap an object takes as long as all else around
  // OpenSSL. The object stays borrowed until RemoveObject.
  int32_t AddObject(SslObject* object);
  void RemoveObject(int32_t place);
  // Null for a number that AddObject did not give, or that was removed.
  SslObject* ObjectAt(uint32_t place) const { return place < objects_.size() ? objects_[place] : nullptr; }

  BufferKeepers buffer_keepers;
  Napi::FunctionReference context_constructor;
  Napi::FunctionReference object_constructor;
  Napi::FunctionReference session_constructor;

 private:
  static void Release(Napi::Env, Environment* environment);

  size_t owners_ = 1;
  std::vector<SslObject*> objects_;  // borrowed; null where vacant
  std::vector<int32_t> vacant_;
  int32_t* progress_ = nullptr;  // inside progress_array_, which is never detached: it does not leave the package
  Napi::Reference<Napi::Int32Array> progress_array_;
};

// Tells our own objects from any other: napi_type_tag_object, checked before unwrapping an argument.
extern const napi_type_tag kContextTag;
extern const napi_type_tag kSessionTag;

// Unwraps an argument that must be one of our objects; null for anything else.
template <typename T>
T* UnwrapTagged(const Napi::Value& value, const napi_type_tag& tag) {
  if (!value.IsObject()) return nullptr;
  bool matches = false;
  if (napi_check_object_type_tag(value.Env(), value, &tag, &matches) != napi_ok || !matches) return nullptr;
  return T::Unwrap(value.As<Napi::Object>());
}

}  // namespace sslkit
