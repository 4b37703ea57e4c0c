#include "opening.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "arguments.h"

namespace sslkit {

namespace {

#if defined(__linux__) || defined(__FreeBSD__)
constexpr bool kFlagsAtOnce = true;
constexpr int kSocketFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
#else
constexpr bool kFlagsAtOnce = false;
constexpr int kSocketFlags = 0;
#endif

// 0, or an error number. For systems that cannot make a descriptor with its flags.
int SetFlags(int descriptor) {
  if (kFlagsAtOnce) return 0;
  const int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return errno;
  return fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0 ? errno : 0;
}

// Closes what could not be finished, and gives the answer for it.
napi_value Fail(napi_env env, int descriptor, int error) {
  close(descriptor);
  return ToNumber(env, -error);
}

// A socket for the address that the first two arguments name, which the caller owns, or an error number below zero.
int OpenFor(napi_env env, const napi_value* arguments, SocketAddress* address) {
  int error = address->Parse(env, arguments[0], arguments[1]);
  if (error != 0) return -error;
  const int descriptor = socket(address->family(), SOCK_STREAM | kSocketFlags, 0);
  if (descriptor < 0) return -errno;
  error = SetFlags(descriptor);
  if (error == 0) return descriptor;
  close(descriptor);
  return -error;
}

// What Node asks for: listen again where connections of an earlier process linger, and over IPv6 for both families.
int PrepareToListen(int descriptor, int family) {
  const int on = 1;
  const int off = 0;
  if (family != AF_UNIX && setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) return errno;
  if (family == AF_INET6 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0) return errno;
  return 0;
}

// 0, or an error number.
int Begin(int descriptor, SocketAddress& address, bool* is_connected) {
  // Asked again right away: on this very machine the connection is made by the time that the first call returns, which
  // cannot say so yet. Else the second says EALREADY, and once the descriptor is writable SO_ERROR tells how it has ended.
  for (int call = 0; call < 2; call += 1) {
    if (connect(descriptor, address.pointer(), address.size) == 0 || errno == EISCONN) {
      *is_connected = true;
      return 0;
    }
    if (errno != EINPROGRESS && errno != EALREADY && errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

napi_value Listen(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  SocketAddress address;
  const int descriptor = OpenFor(env, arguments, &address);
  if (descriptor < 0) return ToNumber(env, descriptor);
  const int error = PrepareToListen(descriptor, address.family());
  if (error != 0) return Fail(env, descriptor, error);
  if (bind(descriptor, address.pointer(), address.size) < 0) return Fail(env, descriptor, errno);
  if (listen(descriptor, ReadInteger(env, arguments[2])) < 0) return Fail(env, descriptor, errno);
  return ToNumber(env, descriptor);
}

napi_value Connect(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value arguments[4] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  SocketAddress address;
  const int descriptor = OpenFor(env, arguments, &address);
  if (descriptor < 0) return ToNumber(env, descriptor);
  napi_valuetype type = napi_undefined;
  napi_typeof(env, arguments[2], &type);
  if (type == napi_string) {
    SocketAddress source;
    const int error = source.Parse(env, arguments[2], arguments[3]);
    if (error != 0) return Fail(env, descriptor, error);
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(descriptor, source.pointer(), source.size) < 0) return Fail(env, descriptor, errno);
  }
  bool is_connected = false;
  const int error = Begin(descriptor, address, &is_connected);
  if (error != 0) return Fail(env, descriptor, error);
  napi_value pair = nullptr;
  napi_value connected = nullptr;
  napi_create_array_with_length(env, 2, &pair);
  napi_get_boolean(env, is_connected, &connected);
  napi_set_element(env, pair, 0, ToNumber(env, descriptor));
  napi_set_element(env, pair, 1, connected);
  return pair;
}

int AcceptFrom(int listening, SocketAddress* peer) {
  int descriptor;
  do {
#if defined(__linux__) || defined(__FreeBSD__)
    descriptor = accept4(listening, peer->pointer(), &peer->size, kSocketFlags);
#else
    descriptor = accept(listening, peer->pointer(), &peer->size);
#endif
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return -errno;
  const int error = SetFlags(descriptor);
  if (error == 0) return descriptor;
  close(descriptor);
  return -error;
}

}  // namespace sslkit
