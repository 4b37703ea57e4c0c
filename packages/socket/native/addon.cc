// The add-on behind @sslkit/socket: sockets by their descriptor, on Node's own event loop. POSIX alone. It moves bytes and
// reports numbers; TLS is not its business.
#include <node_api.h>

#include "descriptor.h"
#include "environment.h"
#include "opening.h"

namespace {

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  sslkit::Environment::Make(env);
  sslkit::Descriptor::ExportCalls(env, exports);
  Export(env, exports, "setEventListener", sslkit::Environment::SetEventListener);
  Export(env, exports, "listen", sslkit::Listen);
  Export(env, exports, "connect", sslkit::Connect);
  return exports;
}
