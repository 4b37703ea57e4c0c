#include "socket-address.h"

#include <netinet/in.h>
#include <sys/un.h>
#include <uv.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "arguments.h"

namespace sslkit {

namespace {

std::string ReadString(napi_env env, napi_value value) {
  size_t size = 0;
  if (value == nullptr || napi_get_value_string_utf8(env, value, nullptr, 0, &size) != napi_ok) return {};
  std::string text(size + 1, '\0');
  napi_get_value_string_utf8(env, value, text.data(), text.size(), &size);
  text.resize(size);
  return text;
}

napi_value ToString(napi_env env, const char* text, size_t size) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text, size, &value);
  return value;
}

napi_value NameOf(napi_env env, int descriptor, int (*ask)(int, sockaddr*, socklen_t*)) {
  SocketAddress address;
  if (ask(descriptor, address.pointer(), &address.size) < 0) return ToNumber(env, -errno);
  return address.ToName(env);
}

}  // namespace

int SocketAddress::Parse(napi_env env, napi_value host, napi_value port) {
  const std::string text = ReadString(env, host);
  const int32_t number = ReadInteger(env, port);
  if (number < 0) return ParsePath(text);
  if (uv_ip4_addr(text.c_str(), number, reinterpret_cast<sockaddr_in*>(&storage)) == 0) {
    size = sizeof(sockaddr_in);
    return 0;
  }
  size = sizeof(sockaddr_in6);
  return -uv_ip6_addr(text.c_str(), number, reinterpret_cast<sockaddr_in6*>(&storage));
}

int SocketAddress::ParsePath(const std::string& path) {
  auto* local = reinterpret_cast<sockaddr_un*>(&storage);
  local->sun_family = AF_UNIX;
  if (path.empty()) return EINVAL;
  // One byte is left for the end of the string, which not every system can do without.
  if (path.size() >= sizeof(local->sun_path)) return ENAMETOOLONG;
  std::memcpy(local->sun_path, path.data(), path.size());
  size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  // A name of Linux that is no file ("abstract") begins with a zero and ends with its length.
  if (path[0] != '\0') size += 1;
  return 0;
}

napi_value SocketAddress::ToName(napi_env env) const {
  if (storage.ss_family == AF_UNIX) {
    const auto* local = reinterpret_cast<const sockaddr_un*>(&storage);
    const size_t begin = offsetof(sockaddr_un, sun_path);
    if (size <= begin) return ToString(env, "", 0);
    const size_t room = size - begin;
    const bool is_abstract = local->sun_path[0] == '\0';
    return ToString(env, local->sun_path, is_abstract ? room : strnlen(local->sun_path, room));
  }
  char host[INET6_ADDRSTRLEN] = "";
  int port = 0;
  if (storage.ss_family == AF_INET6) {
    const auto* wide = reinterpret_cast<const sockaddr_in6*>(&storage);
    uv_ip6_name(wide, host, sizeof(host));
    port = ntohs(wide->sin6_port);
  } else {
    const auto* narrow = reinterpret_cast<const sockaddr_in*>(&storage);
    uv_ip4_name(narrow, host, sizeof(host));
    port = ntohs(narrow->sin_port);
  }
  napi_value name = nullptr;
  napi_create_array_with_length(env, 2, &name);
  napi_set_element(env, name, 0, ToString(env, host, NAPI_AUTO_LENGTH));
  napi_set_element(env, name, 1, ToNumber(env, port));
  return name;
}

std::string SocketAddress::FileName() const {
  if (storage.ss_family != AF_UNIX) return {};
  return reinterpret_cast<const sockaddr_un*>(&storage)->sun_path;
}

napi_value LocalName(napi_env env, int descriptor) { return NameOf(env, descriptor, getsockname); }

napi_value PeerName(napi_env env, int descriptor) { return NameOf(env, descriptor, getpeername); }

}  // namespace sslkit
