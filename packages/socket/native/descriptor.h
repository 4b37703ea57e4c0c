#pragma once
#include <node_api.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>

namespace sslkit {

class Environment;

// A stream socket that JavaScript drives: non-blocking reads and writes, or accepting, and a call when either can go on.
// It owns its descriptor: one that was opened for it, or a duplicate of somebody else's, so that whoever closes the
// original cannot make this one read from whatever gets the same number next.
//
// Life: made by `new Descriptor`; closed by `close()`, by the collector, or by the end of the environment, whichever
// comes first. libuv needs the handle until its close callback, so the memory goes there, never earlier.
class Descriptor {
 public:
  static napi_value Define(napi_env env);

 private:
  friend class Environment;

  Descriptor(napi_env env, Environment* environment) : env_(env), environment_(environment) {}

  static napi_value Construct(napi_env env, napi_callback_info info);
  static napi_value Failure(napi_env env, napi_callback_info info);
  static napi_value Watch(napi_env env, napi_callback_info info);
  static napi_value Close(napi_env env, napi_callback_info info);
  static napi_value Release(napi_env env, napi_callback_info info);
  static napi_value Reference(napi_env env, napi_callback_info info);
  static napi_value IsReferenced(napi_env env, napi_callback_info info);
  // The system calls: system-calls.cc.
  static napi_value Read(napi_env env, napi_callback_info info);
  static napi_value Write(napi_env env, napi_callback_info info);
  static napi_value Shutdown(napi_env env, napi_callback_info info);
  static napi_value Accept(napi_env env, napi_callback_info info);
  static napi_value GetOption(napi_env env, napi_callback_info info);
  static napi_value SetOption(napi_env env, napi_callback_info info);
  static napi_value GetSockName(napi_env env, napi_callback_info info);
  static napi_value GetPeerName(napi_env env, napi_callback_info info);
  static napi_value Duplicate(napi_env env, napi_callback_info info);
  static napi_value RemoveFile(napi_env env, napi_callback_info info);
  static napi_value Number(napi_env env, napi_callback_info info);

  // The object behind `this` of a call; null where it is none of ours.
  static Descriptor* Of(napi_env env, napi_callback_info info, size_t* count, napi_value* arguments);
  // The same, and null too where it is closed.
  static Descriptor* OpenOf(napi_env env, napi_callback_info info, size_t* count, napi_value* arguments);
  static void Finalize(napi_env env, void* data, void* hint);
  static void OnEvent(uv_poll_t* handle, int status, int events);
  static void OnClosed(uv_handle_t* handle);

  int Take(int descriptor);
  int TakeDuplicate(int original);
  void Shut();
  // Takes it off the loop and gives the descriptor, which the caller owns; -1 where there is none.
  int LetGo();
  void Notify(int status, int events);

  napi_env env_;
  Environment* environment_;  // borrowed; outlives every descriptor of it
  uv_poll_t poll_ = {};       // libuv's from uv_poll_init to OnClosed
  napi_ref owner_ = nullptr;  // strong while open: whom events are told to
  char* file_ = nullptr;  // owned, of malloc: what `close` removes, a listening Unix-domain socket's file; else null
  Descriptor* next_ = nullptr;  // the environment's list of open descriptors
  Descriptor* previous_ = nullptr;
  int descriptor_ = -1;     // owned; -1 once closed
  int failure_ = 0;         // why there is none
  bool polled_ = false;     // uv_poll_init has succeeded
  bool collected_ = false;  // the JavaScript object is gone: OnClosed frees this
};

}  // namespace sslkit
