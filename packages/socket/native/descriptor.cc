#include "descriptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "environment.h"

namespace sslkit {

namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;  // a peer that is gone is an error, not a signal
#else
constexpr int kSendFlags = 0;  // macOS: SO_NOSIGPIPE, set when the descriptor is taken; Node ignores the signal as well
#endif

struct ByteView {
  uint8_t* data = nullptr;
  size_t size = 0;
};

ByteView ReadBytes(napi_env env, napi_value value) {
  bool is_typed_array = false;
  if (value == nullptr || napi_is_typedarray(env, value, &is_typed_array) != napi_ok || !is_typed_array) return {};
  napi_typedarray_type type;
  size_t size = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &size, &data, nullptr, nullptr) != napi_ok) return {};
  if (type != napi_uint8_array || data == nullptr) return {};
  return {static_cast<uint8_t*>(data), size};
}

int32_t ReadInteger(napi_env env, napi_value value) {
  int32_t number = 0;
  if (value != nullptr) napi_get_value_int32(env, value, &number);
  return number;
}

napi_value Undefined(napi_env env) {
  napi_value value = nullptr;
  napi_get_undefined(env, &value);
  return value;
}

napi_property_descriptor Method(const char* name, napi_callback callback) {
  return {name, nullptr, callback, nullptr, nullptr, nullptr, napi_default_method, nullptr};
}

napi_value ToNumber(napi_env env, int32_t number) {
  napi_value value = nullptr;
  napi_create_int32(env, number, &value);
  return value;
}

// Every call answers with a count or with the system's error number below zero.
int32_t Result(ssize_t result) { return result < 0 ? -errno : static_cast<int32_t>(result); }

}  // namespace

napi_value Descriptor::Define(napi_env env) {
  const napi_property_descriptor methods[] = {
      Method("read", Read),           Method("write", Write),         Method("watch", Watch),
      Method("shutdown", Shutdown),   Method("close", Close),         Method("reference", Reference),
      Method("getOption", GetOption), Method("setOption", SetOption), Method("number", Number),
  };
  napi_value constructor = nullptr;
  napi_define_class(env, "Descriptor", NAPI_AUTO_LENGTH, Construct, nullptr, sizeof(methods) / sizeof(methods[0]),
                    methods, &constructor);
  return constructor;
}

// new Descriptor(fd, callback(status, readable, writable)); `failure` on the object is the error number, 0 for none.
napi_value Descriptor::Construct(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2] = {};
  napi_value self = nullptr;
  napi_get_cb_info(env, info, &count, arguments, &self, nullptr);
  Environment* environment = Environment::Of(env);
  auto* descriptor = new Descriptor(env, environment);
  const int error =
      environment->ending() ? EBADF : descriptor->Open(environment->loop(), ReadInteger(env, arguments[0]));
  napi_value failure = ToNumber(env, error);
  napi_set_named_property(env, self, "failure", failure);
  // Fails only while the worker is being terminated.
  if (napi_wrap(env, self, descriptor, Finalize, nullptr, &descriptor->self_) != napi_ok) {
    Finalize(env, descriptor, nullptr);
    return self;
  }
  if (error == 0) napi_create_reference(env, arguments[1], 1, &descriptor->callback_);
  return self;
}

// 0, or an error number. On success the descriptor is on the loop and in the environment's list.
int Descriptor::Open(uv_loop_t* loop, int original) {
  descriptor_ = fcntl(original, F_DUPFD_CLOEXEC, 0);
  if (descriptor_ < 0) return errno;
  const int flags = fcntl(descriptor_, F_GETFL);
  if (flags < 0 || fcntl(descriptor_, F_SETFL, flags | O_NONBLOCK) < 0) {
    const int error = errno;
    close(descriptor_);
    descriptor_ = -1;
    return error;
  }
#if defined(SO_NOSIGPIPE)
  const int on = 1;
  setsockopt(descriptor_, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
  const int status = uv_poll_init(loop, &poll_, descriptor_);
  if (status != 0) {
    close(descriptor_);
    descriptor_ = -1;
    return -status;
  }
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

// read(into): recv(2).
napi_value Descriptor::Read(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  const Descriptor* descriptor = Of(env, info, &count, arguments);
  if (descriptor == nullptr || descriptor->descriptor_ < 0) return ToNumber(env, -EBADF);
  ByteView into = ReadBytes(env, arguments[0]);
  into.size = std::min<size_t>(into.size, INT32_MAX);  // the answer is a number of that size
  ssize_t result;
  do {
    result = recv(descriptor->descriptor_, into.data, into.size, 0);
  } while (result < 0 && errno == EINTR);
  return ToNumber(env, Result(result));
}

// write(from): send(2).
napi_value Descriptor::Write(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  const Descriptor* descriptor = Of(env, info, &count, arguments);
  if (descriptor == nullptr || descriptor->descriptor_ < 0) return ToNumber(env, -EBADF);
  ByteView from = ReadBytes(env, arguments[0]);
  from.size = std::min<size_t>(from.size, INT32_MAX);
  ssize_t result;
  do {
    result = send(descriptor->descriptor_, from.data, from.size, kSendFlags);
  } while (result < 0 && errno == EINTR);
  return ToNumber(env, Result(result));
}

// watch(readable, writable): what the callback is wanted for from now on.
napi_value Descriptor::Watch(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2] = {};
  Descriptor* descriptor = Of(env, info, &count, arguments);
  if (descriptor == nullptr || descriptor->descriptor_ < 0) return ToNumber(env, -EBADF);
  bool readable = false;
  bool writable = false;
  napi_get_value_bool(env, arguments[0], &readable);
  napi_get_value_bool(env, arguments[1], &writable);
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  const int status =
      events == 0 ? uv_poll_stop(&descriptor->poll_) : uv_poll_start(&descriptor->poll_, events, OnEvent);
  return ToNumber(env, status);
}

// shutdown(how): 0 reading, 1 writing, 2 both: shutdown(2).
napi_value Descriptor::Shutdown(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  const Descriptor* descriptor = Of(env, info, &count, arguments);
  if (descriptor == nullptr || descriptor->descriptor_ < 0) return ToNumber(env, -EBADF);
  constexpr int kHow[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
  const int32_t how = ReadInteger(env, arguments[0]);
  if (how < 0 || how > 2) return ToNumber(env, -EINVAL);
  return ToNumber(env, Result(::shutdown(descriptor->descriptor_, kHow[how])));
}

napi_value Descriptor::Close(napi_env env, napi_callback_info info) {
  size_t count = 0;
  Descriptor* descriptor = Of(env, info, &count, nullptr);
  if (descriptor != nullptr) descriptor->Shut();
  return Undefined(env);
}

// reference(keep): whether an open, watched descriptor keeps the process alive.
napi_value Descriptor::Reference(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  Descriptor* descriptor = Of(env, info, &count, arguments);
  if (descriptor == nullptr || descriptor->descriptor_ < 0) return Undefined(env);
  bool keep = true;
  napi_get_value_bool(env, arguments[0], &keep);
  auto* handle = reinterpret_cast<uv_handle_t*>(&descriptor->poll_);
  if (keep) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
  return Undefined(env);
}

// getOption(level, name, into): the option's size in bytes: getsockopt(2).
napi_value Descriptor::GetOption(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3] = {};
  const Descriptor* descriptor = Of(env, info, &count, arguments);
  if (descriptor == nullptr || descriptor->descriptor_ < 0) return ToNumber(env, -EBADF);
  const ByteView into = ReadBytes(env, arguments[2]);
  auto size = static_cast<socklen_t>(into.size);
  const int result = getsockopt(descriptor->descriptor_, ReadInteger(env, arguments[0]), ReadInteger(env, arguments[1]),
                                into.data, &size);
  return ToNumber(env, result < 0 ? Result(result) : static_cast<int32_t>(size));
}

// setOption(level, name, from): setsockopt(2).
napi_value Descriptor::SetOption(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3] = {};
  const Descriptor* descriptor = Of(env, info, &count, arguments);
  if (descriptor == nullptr || descriptor->descriptor_ < 0) return ToNumber(env, -EBADF);
  const ByteView from = ReadBytes(env, arguments[2]);
  return ToNumber(
      env, Result(setsockopt(descriptor->descriptor_, ReadInteger(env, arguments[0]), ReadInteger(env, arguments[1]),
                             from.data, static_cast<socklen_t>(from.size))));
}

// number(): the descriptor's, -1 once closed.
napi_value Descriptor::Number(napi_env env, napi_callback_info info) {
  size_t count = 0;
  const Descriptor* descriptor = Of(env, info, &count, nullptr);
  return ToNumber(env, descriptor == nullptr ? -1 : descriptor->descriptor_);
}

// Takes the descriptor off the loop and closes it; the memory goes with OnClosed. May be called again.
void Descriptor::Shut() {
  if (callback_ != nullptr) {
    napi_delete_reference(env_, callback_);
    callback_ = nullptr;
  }
  if (!polled_ || descriptor_ < 0) return;
  const int descriptor = descriptor_;
  descriptor_ = -1;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), OnClosed);
  // After uv_close, which takes it out of libuv's poll set: the number may belong to somebody else right away.
  ::close(descriptor);
}

void Descriptor::OnClosed(uv_handle_t* handle) {
  auto* descriptor = static_cast<Descriptor*>(handle->data);
  descriptor->polled_ = false;
  descriptor->environment_->Remove(descriptor);
  if (descriptor->collected_) delete descriptor;
}

void Descriptor::Finalize(napi_env env, void* data, void*) {
  auto* descriptor = static_cast<Descriptor*>(data);
  descriptor->collected_ = true;
  // Ours to delete, here and no earlier: napi_wrap.
  if (descriptor->self_ != nullptr) napi_delete_reference(env, descriptor->self_);
  descriptor->self_ = nullptr;
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
  if (callback_ == nullptr) return;
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value self = nullptr;
  napi_value callback = nullptr;
  napi_get_reference_value(env_, self_, &self);
  napi_get_reference_value(env_, callback_, &callback);
  if (self != nullptr && callback != nullptr) {
    napi_value arguments[2] = {ToNumber(env_, status), ToNumber(env_, events)};
    napi_value result = nullptr;
    // Runs microtasks and process.nextTick behind the callback; what it throws is an uncaught exception.
    if (napi_make_callback(env_, nullptr, self, callback, 2, arguments, &result) == napi_pending_exception) {
      napi_value error = nullptr;
      napi_get_and_clear_last_exception(env_, &error);
      napi_fatal_exception(env_, error);
    }
  }
  napi_close_handle_scope(env_, scope);
}

}  // namespace sslkit
