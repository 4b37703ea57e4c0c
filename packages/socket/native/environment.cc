#include "environment.h"

#include "descriptor.h"

namespace sslkit {

Environment* Environment::Make(napi_env env) {
  auto* environment = new Environment();
  environment->env_ = env;
  napi_get_uv_event_loop(env, &environment->loop_);
  const auto release = [](napi_env ending, void* data, void*) {
    auto* ended = static_cast<Environment*>(data);
    // Nobody else deletes a reference of ours, not even with the environment.
    if (ended->event_listener_ != nullptr) napi_delete_reference(ending, ended->event_listener_);
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
  napi_value arguments[1] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  Environment* environment = Of(env);
  if (environment->event_listener_ != nullptr) napi_delete_reference(env, environment->event_listener_);
  environment->event_listener_ = nullptr;
  napi_create_reference(env, arguments[0], 1, &environment->event_listener_);
  return nullptr;
}

napi_value Environment::EventListener() const {
  napi_value listener = nullptr;
  if (event_listener_ != nullptr) napi_get_reference_value(env_, event_listener_, &listener);
  return listener;
}

void Environment::Add(Descriptor* descriptor) {
  descriptor->next_ = first_;
  if (first_ != nullptr) first_->previous_ = descriptor;
  first_ = descriptor;
}

void Environment::Remove(Descriptor* descriptor) {
  if (descriptor->previous_ != nullptr) descriptor->previous_->next_ = descriptor->next_;
  if (descriptor->next_ != nullptr) descriptor->next_->previous_ = descriptor->previous_;
  if (first_ == descriptor) first_ = descriptor->next_;
  descriptor->next_ = nullptr;
  descriptor->previous_ = nullptr;
  if (ending_) LeaveIfDone();
}

void Environment::OnCleanup(napi_async_cleanup_hook_handle, void* data) {
  auto* environment = static_cast<Environment*>(data);
  environment->ending_ = true;
  for (Descriptor* descriptor = environment->first_; descriptor != nullptr; descriptor = descriptor->next_) {
    descriptor->Shut();
  }
  environment->LeaveIfDone();
}

void Environment::LeaveIfDone() {
  if (first_ != nullptr || hook_ == nullptr) return;
  napi_async_cleanup_hook_handle hook = hook_;
  hook_ = nullptr;
  // Node finalizes descriptors and this object later, in a turn of their own; descriptors that are closed ask for nothing
  // of it any more.
  napi_remove_async_cleanup_hook(hook);
}

}  // namespace sslkit
