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
  napi_set_named_property(env, exports, "events", sslkit::Environment::Make(env)->MakeEventsArray());
  // TypeScript's: who is told of events, by place. Here, since it is to live as long as the places do.
  napi_value owners = nullptr;
  napi_create_array(env, &owners);
  napi_set_named_property(env, exports, "owners", owners);
  sslkit::Descriptor::ExportCalls(env, exports);
  Export(env, exports, "setEventListener", sslkit::Environment::SetEventListener);
  Export(env, exports, "listen", sslkit::Listen);
  Export(env, exports, "connect", sslkit::Connect);
  return exports;
}
