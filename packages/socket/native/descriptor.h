#pragma once
#include <node_api.h>
#include <uv.h>

#include <cstdint>

namespace sslkit {

class Environment;

// A stream socket that JavaScript drives: non-blocking reads and writes, or accepting, and a word when either can go on.
// It owns its descriptor: one that was opened for it, or a duplicate of somebody else's, so that whoever closes the
// original cannot make this one read from whatever gets the same number next.
//
// JavaScript names it by a number, its place in the environment, which is the first argument of every call: to unwrap an
// object takes as long as all else around a system call, and an object with a native half keeps the collector busy.
//
// Life: made by `take`; closed by `close`, or by the end of the environment, whichever comes first. libuv needs the handle
// until its close callback, so the memory goes there, never earlier, and until then nobody else gets the place.
class Descriptor {
 public:
  static void ExportCalls(napi_env env, napi_value exports);

 private:
  friend class Environment;

  explicit Descriptor(Environment* environment) : environment_(environment) {}

  static napi_value Take(napi_env env, napi_callback_info info);
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

  // The open descriptor that a call names, and what else it was given; null where that one is closed.
  static Descriptor* Of(napi_env env, napi_callback_info info, napi_value* arguments = nullptr, size_t count = 0);
  static void OnEvent(uv_poll_t* handle, int status, int events);
  static void OnClosed(uv_handle_t* handle);

  // 0, or an error number; the descriptor is ours from then on, or closed.
  int Adopt(int descriptor);
  void Shut();
  // Takes it off the loop and gives the descriptor, which the caller owns; -1 where it was closed already.
  int LetGo();

  Environment* environment_;  // borrowed; outlives every descriptor of it
  uv_poll_t poll_ = {};       // libuv's from uv_poll_init to OnClosed
  char* file_ = nullptr;  // owned, of malloc: what `close` removes, a listening Unix-domain socket's file; else null
  int descriptor_ = -1;   // owned; -1 once closed
  int32_t place_ = -1;    // in the environment
};

}  // namespace sslkit
