#pragma once
#include <node_api.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sslkit {

class Descriptor;

// What the add-on keeps for each JavaScript environment: the open descriptors, which must be off its loop before it
// ends, and what has happened to them. The environment's instance data: freed with it, after the last of them is closed.
class Environment {
 public:
  static Environment* Make(napi_env env);
  static Environment* Of(napi_env env);

  // setEventListener(listener): the function that is called once for all that one look at the system has found, with how
  // many events that are: listener(count).
  static napi_value SetEventListener(napi_env env, napi_callback_info info);

  // The Int32Array that those events stand in: place, status, events of each. Called once.
  napi_value MakeEventsArray();

  uv_loop_t* loop() const { return loop_; }
  bool ending() const { return ending_; }

  // Its place. The descriptor frees itself, after Remove.
  int32_t Add(Descriptor* descriptor);
  // From libuv's close callback: the descriptor's handle is off the loop.
  void Remove(int32_t place);
  // Null for a number that Add did not give, or that was removed.
  Descriptor* DescriptorAt(int32_t place) const {
    const auto index = static_cast<size_t>(place);  // below zero: beyond any size
    return index < descriptors_.size() ? descriptors_[index] : nullptr;
  }

  // Keeps an event for the listener, who is told of it before this turn of the loop comes to an end.
  void Tell(int32_t place, int status, int events);

 private:
  static void OnPolled(uv_check_t* handle);
  static void OnCleanup(napi_async_cleanup_hook_handle hook, void* data);
  static void OnCheckClosed(uv_handle_t* handle);
  void Deliver();
  void LeaveIfDone();

  napi_env env_ = nullptr;
  uv_loop_t* loop_ = nullptr;          // Node's
  uv_check_t check_ = {};              // libuv's from Make to OnCheckClosed; active only while events wait
  napi_ref event_listener_ = nullptr;  // strong; ours to delete, with the environment
  napi_ref events_array_ = nullptr;    // strong, the same: the array is never detached, it does not leave the package
  int32_t* events_ = nullptr;          // its memory
  size_t event_count_ = 0;
  std::vector<Descriptor*> descriptors_;  // by place; they free themselves; null where vacant
  std::vector<int32_t> vacant_;
  size_t handles_ = 1;  // on the loop: the descriptors' and `check_`
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool ending_ = false;
};

}  // namespace sslkit
