#pragma once
#include <node_api.h>
#include <sys/socket.h>

#include <string>

namespace sslkit {

// The address of an internet or Unix-domain socket, in the system's form.
struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }

  // From JavaScript: `host` is a numeric address and `port` 0 or above, or `host` is a path and `port` below 0. 0, or an
  // error number.
  int Parse(napi_env env, napi_value host, napi_value port);

  // [host, port] of an internet socket; the path of a Unix-domain one, '' where it has none.
  napi_value ToName(napi_env env) const;

  // The file that binding to this address makes; empty where it makes none.
  std::string FileName() const;

 private:
  int ParsePath(const std::string& path);
};

// The own address of a descriptor, or its peer's: as `ToName`, or an error number below zero.
napi_value LocalName(napi_env env, int descriptor);
napi_value PeerName(napi_env env, int descriptor);

}  // namespace sslkit
