#include "environment.h"

#include "arguments.h"
#include "descriptor.h"

namespace sslkit {

namespace {

// So many events are delivered at once: what a connection's read has brought about waits for that of so many others.
constexpr size_t kBatch = 64;
constexpr size_t kEventSize = 3;  // place, status, events

}  // namespace

Environment* Environment::Make(napi_env env) {
  auto* environment = new Environment();
  environment->env_ = env;
  napi_get_uv_event_loop(env, &environment->loop_);
  uv_check_init(environment->loop_, &environment->check_);
  environment->check_.data = environment;
  uv_unref(reinterpret_cast<uv_handle_t*>(&environment->check_));
  const auto release = [](napi_env ending, void* data, void*) {
    auto* ended = static_cast<Environment*>(data);
    // Nobody else deletes a reference of ours, not even with the environment.
    if (ended->event_listener_ != nullptr) napi_delete_reference(ending, ended->event_listener_);
    if (ended->events_array_ != nullptr) napi_delete_reference(ending, ended->events_array_);
    delete ended;
  };
  napi_set_instance_data(env, environment, release, nullptr);
  // Asynchronous: libuv's close callbacks need turns of the loop, which Node gives until the hook is removed.
  napi_add_async_cleanup_hook(env, OnCleanup, environment, &environment->hook_);
  return environment;
}

Environment* Environment::Of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Environment*>(data);
}

napi_value Environment::SetEventListener(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value listener = nullptr;
  napi_get_cb_info(env, info, &count, &listener, nullptr, nullptr);
  Environment* environment = Of(env);
  if (environment->event_listener_ != nullptr) napi_delete_reference(env, environment->event_listener_);
  environment->event_listener_ = nullptr;
  napi_create_reference(env, listener, 1, &environment->event_listener_);
  return nullptr;
}

napi_value Environment::MakeEventsArray() {
  constexpr size_t kSize = kBatch * kEventSize;
  napi_value memory = nullptr;
  napi_value array = nullptr;
  void* data = nullptr;
  napi_create_arraybuffer(env_, kSize * sizeof(int32_t), &data, &memory);
  napi_create_typedarray(env_, napi_int32_array, kSize, memory, 0, &array);
  // Fails only while the worker is being terminated, which then is told of nothing.
  if (napi_create_reference(env_, array, 1, &events_array_) == napi_ok) events_ = static_cast<int32_t*>(data);
  return array;
}

int32_t Environment::Add(Descriptor* descriptor) {
  handles_++;
  if (vacant_.empty()) {
    descriptors_.push_back(descriptor);
    return static_cast<int32_t>(descriptors_.size() - 1);
  }
  const int32_t place = vacant_.back();
  vacant_.pop_back();
  descriptors_[static_cast<size_t>(place)] = descriptor;
  return place;
}

void Environment::Remove(int32_t place) {
  descriptors_[static_cast<size_t>(place)] = nullptr;
  vacant_.push_back(place);
  handles_--;
  LeaveIfDone();
}

void Environment::Tell(int32_t place, int status, int events) {
  if (events_ == nullptr || ending_) return;
  if (event_count_ == kBatch) Deliver();
  int32_t* event = events_ + event_count_ * kEventSize;
  event[0] = place;
  event[1] = status;
  event[2] = events;
  // Runs right behind the look that has found this, before anything of `setImmediate`: the newest of these is the first.
  if (event_count_++ == 0) uv_check_start(&check_, OnPolled);
}

void Environment::OnPolled(uv_check_t* handle) {
  uv_check_stop(handle);
  static_cast<Environment*>(handle->data)->Deliver();
}

void Environment::Deliver() {
  const auto count = static_cast<int32_t>(event_count_);
  event_count_ = 0;
  napi_handle_scope scope = nullptr;
  if (count == 0 || ending_ || napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value listener = nullptr;
  napi_get_reference_value(env_, event_listener_, &listener);
  napi_value argument = ToNumber(env_, count);
  napi_value result = nullptr;
  // Runs microtasks and process.nextTick behind the callback; what it throws is an uncaught exception.
  if (napi_make_callback(env_, nullptr, listener, listener, 1, &argument, &result) == napi_pending_exception) {
    napi_value error = nullptr;
    napi_get_and_clear_last_exception(env_, &error);
    napi_fatal_exception(env_, error);
  }
  napi_close_handle_scope(env_, scope);
}

void Environment::OnCleanup(napi_async_cleanup_hook_handle, void* data) {
  auto* environment = static_cast<Environment*>(data);
  environment->ending_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&environment->check_), OnCheckClosed);
  for (Descriptor* descriptor : environment->descriptors_) {
    if (descriptor != nullptr) descriptor->Shut();
  }
}

void Environment::OnCheckClosed(uv_handle_t* handle) {
  auto* environment = static_cast<Environment*>(handle->data);
  environment->handles_--;
  environment->LeaveIfDone();
}

void Environment::LeaveIfDone() {
  if (handles_ > 0 || hook_ == nullptr) return;
  napi_async_cleanup_hook_handle hook = hook_;
  hook_ = nullptr;
  // Node frees this object later, in a turn of its own.
  napi_remove_async_cleanup_hook(hook);
}

}  // namespace sslkit
