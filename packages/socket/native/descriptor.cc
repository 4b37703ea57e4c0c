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

constexpr size_t kMostArguments = 4;  // of any call, with the place

// A duplicate that does not wait and is closed in child processes, or an error number below zero.
int DuplicateOf(int original) {
  const int descriptor = fcntl(original, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  const int flags = fcntl(descriptor, F_GETFL);
  // Node's are so already.
  if (flags < 0 || ((flags & O_NONBLOCK) == 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0)) {
    const int error = errno;
    ::close(descriptor);
    return -error;
  }
  return descriptor;
}

}  // namespace

void Descriptor::ExportCalls(napi_env env, napi_value exports) {
  const struct {
    const char* name;
    napi_callback callback;
  } calls[] = {
      {"take", Take},
      {"watch", Watch},
      {"close", Close},
      {"release", Release},
      {"reference", Reference},
      {"isReferenced", IsReferenced},
      {"read", Read},
      {"write", Write},
      {"shutdown", Shutdown},
      {"accept", Accept},
      {"getOption", GetOption},
      {"setOption", SetOption},
      {"getSockName", GetSockName},
      {"getPeerName", GetPeerName},
      {"duplicate", Duplicate},
      {"removeFile", RemoveFile},
      {"number", Number},
  };
  for (const auto& [name, callback] : calls) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, Environment::Of(env), &function);
    napi_set_named_property(env, exports, name, function);
  }
}

// take(fd, duplicate): the place of `fd`, or of a duplicate of it, or an error number below zero; `fd` itself is closed then
// where it was to be taken.
napi_value Descriptor::Take(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  int number = ReadInteger(env, arguments[0]);
  if (ReadBoolean(env, arguments[1])) number = DuplicateOf(number);
  if (number < 0) return ToNumber(env, number);
  auto* descriptor = new Descriptor(Environment::Of(env));
  const int error = descriptor->Adopt(number);
  if (error == 0) return ToNumber(env, descriptor->place_);
  delete descriptor;
  return ToNumber(env, -error);
}

int Descriptor::Adopt(int descriptor) {
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
  place_ = environment_->Add(this);
  return 0;
}

Descriptor* Descriptor::Of(napi_env env, napi_callback_info info, napi_value* arguments, size_t count) {
  napi_value values[kMostArguments];
  size_t given = 1 + count;
  void* environment = nullptr;
  napi_get_cb_info(env, info, &given, values, nullptr, &environment);
  for (size_t index = 0; index < count; index++) arguments[index] = values[index + 1];
  int32_t place = -1;
  napi_get_value_int32(env, values[0], &place);
  Descriptor* descriptor = static_cast<Environment*>(environment)->DescriptorAt(place);
  return descriptor == nullptr || descriptor->descriptor_ < 0 ? nullptr : descriptor;
}

// watch(place, readable, writable, stay): what is to be told of from now on. With `stay` the descriptor keeps the process
// alive even when that is nothing.
napi_value Descriptor::Watch(napi_env env, napi_callback_info info) {
  napi_value arguments[3] = {};
  Descriptor* descriptor = Of(env, info, arguments, 3);
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

// close(place). May be called again.
napi_value Descriptor::Close(napi_env env, napi_callback_info info) {
  Descriptor* descriptor = Of(env, info);
  if (descriptor != nullptr) descriptor->Shut();
  return nullptr;
}

// release(place): the descriptor, which the caller owns from then on, or an error number below zero. Otherwise as `close`.
napi_value Descriptor::Release(napi_env env, napi_callback_info info) {
  Descriptor* descriptor = Of(env, info);
  return ToNumber(env, descriptor == nullptr ? -EBADF : descriptor->LetGo());
}

// reference(place, keep): whether an open, watched descriptor keeps the process alive.
napi_value Descriptor::Reference(napi_env env, napi_callback_info info) {
  napi_value keep = nullptr;
  Descriptor* descriptor = Of(env, info, &keep, 1);
  if (descriptor == nullptr) return nullptr;
  auto* handle = reinterpret_cast<uv_handle_t*>(&descriptor->poll_);
  if (ReadBoolean(env, keep)) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
  return nullptr;
}

napi_value Descriptor::IsReferenced(napi_env env, napi_callback_info info) {
  const Descriptor* descriptor = Of(env, info);
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
  free(file_);
  file_ = nullptr;
  if (descriptor_ < 0) return -1;
  const int descriptor = descriptor_;
  descriptor_ = -1;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), OnClosed);
  return descriptor;
}

void Descriptor::OnClosed(uv_handle_t* handle) {
  auto* descriptor = static_cast<Descriptor*>(handle->data);
  descriptor->environment_->Remove(descriptor->place_);
  delete descriptor;
}

// From libuv, in a turn of Node's loop, with nothing of JavaScript on the stack.
void Descriptor::OnEvent(uv_poll_t* handle, int status, int events) {
  const auto* descriptor = static_cast<Descriptor*>(handle->data);
  descriptor->environment_->Tell(descriptor->place_, status, events);
}

}  // namespace sslkit
