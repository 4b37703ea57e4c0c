#include "descriptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "arguments.h"
#include "environment.h"

namespace sslkit {

namespace {

napi_value Undefined(napi_env env) {
  napi_value value = nullptr;
  napi_get_undefined(env, &value);
  return value;
}

napi_property_descriptor Method(const char* name, napi_callback callback) {
  return {name, nullptr, callback, nullptr, nullptr, nullptr, napi_default_method, nullptr};
}

}  // namespace

napi_value Descriptor::Define(napi_env env) {
  const napi_property_descriptor methods[] = {
      Method("failure", Failure),
      Method("watch", Watch),
      Method("close", Close),
      Method("release", Release),
      Method("reference", Reference),
      Method("isReferenced", IsReferenced),
      Method("read", Read),
      Method("write", Write),
      Method("shutdown", Shutdown),
      Method("accept", Accept),
      Method("getOption", GetOption),
      Method("setOption", SetOption),
      Method("getSockName", GetSockName),
      Method("getPeerName", GetPeerName),
      Method("duplicate", Duplicate),
      Method("removeFile", RemoveFile),
      Method("number", Number),
  };
  napi_value constructor = nullptr;
  napi_define_class(env, "Descriptor", NAPI_AUTO_LENGTH, Construct, nullptr, sizeof(methods) / sizeof(methods[0]),
                    methods, &constructor);
  return constructor;
}

// new Descriptor(fd, duplicate, owner): takes `fd`, or a duplicate of it; `owner` is told of events.
napi_value Descriptor::Construct(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3] = {};
  napi_value self = nullptr;
  napi_get_cb_info(env, info, &count, arguments, &self, nullptr);
  Environment* environment = Environment::Of(env);
  auto* descriptor = new Descriptor(env, environment);
  const int32_t given = ReadInteger(env, arguments[0]);
  descriptor->failure_ = ReadBoolean(env, arguments[1]) ? descriptor->TakeDuplicate(given) : descriptor->Take(given);
  // Fails only while the worker is being terminated.
  if (napi_wrap(env, self, descriptor, Finalize, nullptr, nullptr) != napi_ok) {
    Finalize(env, descriptor, nullptr);
    return self;
  }
  if (descriptor->failure_ == 0) napi_create_reference(env, arguments[2], 1, &descriptor->owner_);
  return self;
}

// 0, or an error number.
int Descriptor::TakeDuplicate(int original) {
  const int descriptor = fcntl(original, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  const int flags = fcntl(descriptor, F_GETFL);
  // Node's are so already.
  if (flags < 0 || ((flags & O_NONBLOCK) == 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0)) {
    const int error = errno;
    ::close(descriptor);
    return error;
  }
  return Take(descriptor);
}

// 0, or an error number; `descriptor` is ours, or closed. On success it is on the loop and in the environment's list.
int Descriptor::Take(int descriptor) {
#if defined(SO_NOSIGPIPE)
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
  const int status = environment_->ending() ? UV_EBADF : uv_poll_init(environment_->loop(), &poll_, descriptor);
  if (status != 0) {
    ::close(descriptor);
    return -status;
  }
  descriptor_ = descriptor;
  poll_.data = this;
  polled_ = true;
  environment_->Add(this);
  return 0;
}

Descriptor* Descriptor::Of(napi_env env, napi_callback_info info, size_t* count, napi_value* arguments) {
  napi_value self = nullptr;
  napi_get_cb_info(env, info, count, arguments, &self, nullptr);
  // V8 has made sure that `this` is an instance: methods of napi_define_class carry the class as their signature.
  void* data = nullptr;
  if (napi_unwrap(env, self, &data) != napi_ok) return nullptr;
  return static_cast<Descriptor*>(data);
}

Descriptor* Descriptor::OpenOf(napi_env env, napi_callback_info info, size_t* count, napi_value* arguments) {
  Descriptor* descriptor = Of(env, info, count, arguments);
  return descriptor == nullptr || descriptor->descriptor_ < 0 ? nullptr : descriptor;
}

// failure(): why there is no descriptor: an error number, 0 where it was made.
napi_value Descriptor::Failure(napi_env env, napi_callback_info info) {
  size_t count = 0;
  const Descriptor* descriptor = Of(env, info, &count, nullptr);
  return ToNumber(env, descriptor == nullptr ? EBADF : descriptor->failure_);
}

// watch(readable, writable, stay): what the owner is to be told of from now on. With `stay` the descriptor keeps the process
// alive even when that is nothing.
napi_value Descriptor::Watch(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3] = {};
  Descriptor* descriptor = OpenOf(env, info, &count, arguments);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  const bool readable = ReadBoolean(env, arguments[0]);
  const bool writable = ReadBoolean(env, arguments[1]);
  // A listening socket, which stays, has no peer that could go: nothing ever comes of this event.
  const int idle = ReadBoolean(env, arguments[2]) ? UV_DISCONNECT : 0;
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0) | idle;
  const int status =
      events == 0 ? uv_poll_stop(&descriptor->poll_) : uv_poll_start(&descriptor->poll_, events, OnEvent);
  return ToNumber(env, status);
}

napi_value Descriptor::Close(napi_env env, napi_callback_info info) {
  size_t count = 0;
  Descriptor* descriptor = Of(env, info, &count, nullptr);
  if (descriptor != nullptr) descriptor->Shut();
  return Undefined(env);
}

// release(): the descriptor, which the caller owns from then on, or an error number below zero. Otherwise as `close`.
napi_value Descriptor::Release(napi_env env, napi_callback_info info) {
  size_t count = 0;
  Descriptor* descriptor = OpenOf(env, info, &count, nullptr);
  return ToNumber(env, descriptor == nullptr ? -EBADF : descriptor->LetGo());
}

// reference(keep): whether an open, watched descriptor keeps the process alive.
napi_value Descriptor::Reference(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  Descriptor* descriptor = OpenOf(env, info, &count, arguments);
  if (descriptor == nullptr) return Undefined(env);
  auto* handle = reinterpret_cast<uv_handle_t*>(&descriptor->poll_);
  if (ReadBoolean(env, arguments[0])) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
  return Undefined(env);
}

napi_value Descriptor::IsReferenced(napi_env env, napi_callback_info info) {
  size_t count = 0;
  const Descriptor* descriptor = OpenOf(env, info, &count, nullptr);
  napi_value answer = nullptr;
  const bool is_referenced =
      descriptor != nullptr && uv_has_ref(reinterpret_cast<const uv_handle_t*>(&descriptor->poll_)) != 0;
  napi_get_boolean(env, is_referenced, &answer);
  return answer;
}

// Takes the descriptor off the loop and closes it; the memory goes with OnClosed. May be called again.
void Descriptor::Shut() {
  if (file_ != nullptr) unlink(file_);
  const int descriptor = LetGo();
  // After uv_close, which takes it out of libuv's poll set: the number may belong to somebody else right away.
  if (descriptor >= 0) ::close(descriptor);
}

int Descriptor::LetGo() {
  if (owner_ != nullptr) {
    napi_delete_reference(env_, owner_);
    owner_ = nullptr;
  }
  free(file_);
  file_ = nullptr;
  if (!polled_ || descriptor_ < 0) return -1;
  const int descriptor = descriptor_;
  descriptor_ = -1;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), OnClosed);
  return descriptor;
}

void Descriptor::OnClosed(uv_handle_t* handle) {
  auto* descriptor = static_cast<Descriptor*>(handle->data);
  descriptor->polled_ = false;
  descriptor->environment_->Remove(descriptor);
  if (descriptor->collected_) delete descriptor;
}

void Descriptor::Finalize(napi_env, void* data, void*) {
  auto* descriptor = static_cast<Descriptor*>(data);
  descriptor->collected_ = true;
  if (!descriptor->polled_) {
    delete descriptor;
    return;
  }
  // Closed already, and waiting for OnClosed, or open and forgotten.
  descriptor->Shut();
}

// From libuv, in a turn of Node's loop, with nothing of JavaScript on the stack.
void Descriptor::OnEvent(uv_poll_t* handle, int status, int events) {
  static_cast<Descriptor*>(handle->data)->Notify(status, events);
}

void Descriptor::Notify(int status, int events) {
  if (owner_ == nullptr) return;
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value owner = nullptr;
  napi_get_reference_value(env_, owner_, &owner);
  napi_value listener = environment_->EventListener();
  if (owner != nullptr && listener != nullptr) {
    napi_value arguments[2] = {ToNumber(env_, status), ToNumber(env_, events)};
    napi_value result = nullptr;
    // Runs microtasks and process.nextTick behind the callback; what it throws is an uncaught exception.
    if (napi_make_callback(env_, nullptr, owner, listener, 2, arguments, &result) == napi_pending_exception) {
      napi_value error = nullptr;
      napi_get_and_clear_last_exception(env_, &error);
      napi_fatal_exception(env_, error);
    }
  }
  napi_close_handle_scope(env_, scope);
}

}  // namespace sslkit
