#pragma once
#include <node_api.h>

#include "socket-address.h"

namespace sslkit {

// Functions of the add-on. Each gives a descriptor that does not wait and is closed in child processes, or an error number
// below zero. Whoever gets it owns it: `take` is to come next.

// listen(host, port, backlog): socket(2), bind(2), listen(2).
napi_value Listen(napi_env env, napi_callback_info info);

// connect(host, port, source host or undefined, source port): socket(2), connect(2), which may go on in the background:
// [descriptor, whether it is connected].
napi_value Connect(napi_env env, napi_callback_info info);

// accept(2) on a listening descriptor, once: the connection's descriptor or an error number below zero, and its address.
int AcceptFrom(int listening, SocketAddress* peer);

}  // namespace sslkit
