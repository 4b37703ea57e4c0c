#include "../arguments.h"
#include "../ssl-object/ssl-object.h"
#include "ssl-context.h"

namespace sslkit {

// setTracing(logKeys, traceMessages): both only queue on the connection; TypeScript fetches what is queued.
Napi::Value SslContext::SetTracing(const Napi::CallbackInfo& info) {
  ContextState* state = ContextState::Of(ctx_.get());
  state->log_keys = ReadBoolean(info[0]);
  state->trace_messages = ReadBoolean(info[1]);
  SSL_CTX_set_keylog_callback(ctx_.get(), state->log_keys ? SslObject::QueueKeyLogLine : nullptr);
  return info.Env().Undefined();
}

// setPauses(clientHello, certificate, verify): where a handshake of this context stops to ask.
Napi::Value SslContext::SetPauses(const Napi::CallbackInfo& info) {
  ContextState* state = ContextState::Of(ctx_.get());
  state->pause_on_client_hello = ReadBoolean(info[0]);
  state->pause_on_certificate = ReadBoolean(info[1]);
  state->pause_on_verify = ReadBoolean(info[2]);
  SSL_CTX_set_client_hello_cb(ctx_.get(), state->pause_on_client_hello ? SslObject::PauseAtClientHello : nullptr,
                              nullptr);
  SSL_CTX_set_cert_cb(ctx_.get(), state->pause_on_certificate ? SslObject::PauseAtCertificate : nullptr, nullptr);
  SSL_CTX_set_cert_verify_callback(ctx_.get(), state->pause_on_verify ? SslObject::PauseAtVerification : nullptr,
                                   nullptr);
  return info.Env().Undefined();
}

}  // namespace sslkit
