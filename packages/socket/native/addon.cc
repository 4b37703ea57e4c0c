// The add-on behind @sslkit/socket: sockets by their descriptor, on Node's own event loop. POSIX alone. It moves bytes and
// reports numbers; TLS is not its business.
#include <node_api.h>

#include "descriptor.h"
#include "environment.h"

NAPI_MODULE_INIT() {
  sslkit::Environment::Make(env);
  napi_set_named_property(env, exports, "Descriptor", sslkit::Descriptor::Define(env));
  return exports;
}
