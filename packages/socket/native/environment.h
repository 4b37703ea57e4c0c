#pragma once
#include <node_api.h>
#include <uv.h>

namespace sslkit {

class Descriptor;

// What the add-on keeps for each JavaScript environment: the open descriptors, which must be off its loop before it
// ends. The environment's instance data: freed with it, after the last of them is closed.
class Environment {
 public:
  static Environment* Make(napi_env env);
  static Environment* Of(napi_env env);

  // setEventListener(listener): the function of the add-on that says who is called for each event, with the descriptor's
  // owner as `this`: listener(status, events).
  static napi_value SetEventListener(napi_env env, napi_callback_info info);

  uv_loop_t* loop() const { return loop_; }
  // Null before it is set. Within a handle scope.
  napi_value EventListener() const;

  void Add(Descriptor* descriptor);
  // From libuv's close callback: the descriptor's handle is off the loop.
  void Remove(Descriptor* descriptor);
  bool ending() const { return ending_; }

 private:
  static void OnCleanup(napi_async_cleanup_hook_handle hook, void* data);
  void LeaveIfDone();

  napi_env env_ = nullptr;
  uv_loop_t* loop_ = nullptr;          // Node's
  napi_ref event_listener_ = nullptr;  // strong; ours to delete, with the environment
  Descriptor* first_ = nullptr;        // intrusive list; descriptors free themselves
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool ending_ = false;
};

}  // namespace sslkit
