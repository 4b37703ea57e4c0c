// The methods of a descriptor that are one system call each.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "arguments.h"
#include "descriptor.h"
#include "opening.h"
#include "socket-address.h"

namespace sslkit {

namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;  // a peer that is gone is an error, not a signal
#else
constexpr int kSendFlags = 0;  // macOS: SO_NOSIGPIPE, set when the descriptor is taken; Node ignores the signal as well
#endif

}  // namespace

// read(place, into): recv(2).
napi_value Descriptor::Read(napi_env env, napi_callback_info info) {
  napi_value argument = nullptr;
  const Descriptor* descriptor = Of(env, info, &argument, 1);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  ByteView into = ReadBytes(env, argument);
  into.size = std::min<size_t>(into.size, INT32_MAX);  // the answer is a number of that size
  ssize_t result;
  do {
    result = recv(descriptor->descriptor_, into.data, into.size, 0);
  } while (result < 0 && errno == EINTR);
  return ToNumber(env, Result(result));
}

// write(place, from): send(2).
napi_value Descriptor::Write(napi_env env, napi_callback_info info) {
  napi_value argument = nullptr;
  const Descriptor* descriptor = Of(env, info, &argument, 1);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  ByteView from = ReadBytes(env, argument);
  from.size = std::min<size_t>(from.size, INT32_MAX);
  ssize_t result;
  do {
    result = send(descriptor->descriptor_, from.data, from.size, kSendFlags);
  } while (result < 0 && errno == EINTR);
  return ToNumber(env, Result(result));
}

// shutdown(place, how): 0 reading, 1 writing, 2 both: shutdown(2).
napi_value Descriptor::Shutdown(napi_env env, napi_callback_info info) {
  napi_value argument = nullptr;
  const Descriptor* descriptor = Of(env, info, &argument, 1);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  constexpr int kHow[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
  const int32_t how = ReadInteger(env, argument);
  if (how < 0 || how > 2) return ToNumber(env, -EINVAL);
  return ToNumber(env, Result(shutdown(descriptor->descriptor_, kHow[how])));
}

// accept(place): [descriptor, name of the peer], or an error number below zero. Whoever gets the descriptor owns it.
napi_value Descriptor::Accept(napi_env env, napi_callback_info info) {
  const Descriptor* descriptor = Of(env, info);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  SocketAddress peer;
  const int accepted = AcceptFrom(descriptor->descriptor_, &peer);
  if (accepted < 0) return ToNumber(env, accepted);
  napi_value pair = nullptr;
  napi_create_array_with_length(env, 2, &pair);
  napi_set_element(env, pair, 0, ToNumber(env, accepted));
  napi_set_element(env, pair, 1, peer.ToName(env));
  return pair;
}

// getOption(place, level, name, into): the option's size in bytes: getsockopt(2).
napi_value Descriptor::GetOption(napi_env env, napi_callback_info info) {
  napi_value arguments[3] = {};
  const Descriptor* descriptor = Of(env, info, arguments, 3);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  const ByteView into = ReadBytes(env, arguments[2]);
  auto size = static_cast<socklen_t>(into.size);
  const int result = getsockopt(descriptor->descriptor_, ReadInteger(env, arguments[0]), ReadInteger(env, arguments[1]),
                                into.data, &size);
  return ToNumber(env, result < 0 ? Result(result) : static_cast<int32_t>(size));
}

// setOption(place, level, name, from): setsockopt(2).
napi_value Descriptor::SetOption(napi_env env, napi_callback_info info) {
  napi_value arguments[3] = {};
  const Descriptor* descriptor = Of(env, info, arguments, 3);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  const ByteView from = ReadBytes(env, arguments[2]);
  return ToNumber(
      env, Result(setsockopt(descriptor->descriptor_, ReadInteger(env, arguments[0]), ReadInteger(env, arguments[1]),
                             from.data, static_cast<socklen_t>(from.size))));
}

// getSockName(place): the own address, or an error number below zero: getsockname(2).
napi_value Descriptor::GetSockName(napi_env env, napi_callback_info info) {
  const Descriptor* descriptor = Of(env, info);
  return descriptor == nullptr ? ToNumber(env, -EBADF) : LocalName(env, descriptor->descriptor_);
}

// getPeerName(place): the peer's address, or an error number below zero: getpeername(2).
napi_value Descriptor::GetPeerName(napi_env env, napi_callback_info info) {
  const Descriptor* descriptor = Of(env, info);
  return descriptor == nullptr ? ToNumber(env, -EBADF) : PeerName(env, descriptor->descriptor_);
}

// duplicate(place): another descriptor of the same socket, which whoever gets it owns, or an error number below zero.
napi_value Descriptor::Duplicate(napi_env env, napi_callback_info info) {
  const Descriptor* descriptor = Of(env, info);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  return ToNumber(env, Result(fcntl(descriptor->descriptor_, F_DUPFD_CLOEXEC, 0)));
}

// removeFile(place): has `close` remove the file that a Unix-domain socket listens at.
napi_value Descriptor::RemoveFile(napi_env env, napi_callback_info info) {
  Descriptor* descriptor = Of(env, info);
  if (descriptor == nullptr) return ToNumber(env, -EBADF);
  SocketAddress address;
  if (getsockname(descriptor->descriptor_, address.pointer(), &address.size) < 0) return ToNumber(env, -errno);
  const std::string file = address.FileName();
  if (descriptor->file_ == nullptr && !file.empty()) descriptor->file_ = strdup(file.c_str());
  return ToNumber(env, 0);
}

// number(place): the descriptor's, -1 once closed.
napi_value Descriptor::Number(napi_env env, napi_callback_info info) {
  const Descriptor* descriptor = Of(env, info);
  return ToNumber(env, descriptor == nullptr ? -1 : descriptor->descriptor_);
}

}  // namespace sslkit
