#include <openssl/err.h>

#include "../arguments.h"
#include "../error-queue.h"
#include "../ssl-object/ssl-object.h"
#include "ssl-context.h"

namespace sslkit {

// Called with the handshake on the stack, on the thread of the SSL. The server's own order decides; without a common
// protocol the handshake goes on and none is selected, as Python has it (RFC 7301 §3.2 would allow an alert).
int SelectAlpn(SSL* ssl, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
               unsigned int offered_length, void*) {
  if (const std::string* choice = SslObject::AlpnChoiceOf(ssl)) {
    for (unsigned int at = 0; at < offered_length; at += 1u + offered[at]) {
      if (choice->compare(0, std::string::npos, reinterpret_cast<const char*>(offered + at + 1), offered[at]) != 0) {
        continue;
      }
      *out = offered + at + 1;
      *out_length = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
  }
  const ContextState* state = ContextState::Of(SSL_get_SSL_CTX(ssl));
  if (state->alpn_protocols.empty()) return SSL_TLSEXT_ERR_NOACK;
  unsigned char* selected = nullptr;
  const int result =
      SSL_select_next_proto(&selected, out_length, state->alpn_protocols.data(),
                            static_cast<unsigned int>(state->alpn_protocols.size()), offered, offered_length);
  *out = selected;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// setAlpnProtocols(wire form): what a client offers and what a server selects from.
Napi::Value SslContext::SetAlpnProtocols(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView wire = ReadBytes(info[0]);
  // Zero means success here, unlike nearly everywhere else: SSL_CTX_set_alpn_protos(3).
  if (SSL_CTX_set_alpn_protos(ctx_.get(), wire.data, static_cast<unsigned int>(wire.size)) != 0) {
    return Failure(info.Env());
  }
  ContextState::Of(ctx_.get())->alpn_protocols.assign(wire.data, wire.data + wire.size);
  SSL_CTX_set_alpn_select_cb(ctx_.get(), SelectAlpn, nullptr);
  return info.Env().Undefined();
}

}  // namespace sslkit
