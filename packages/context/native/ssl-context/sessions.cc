#include "../arguments.h"
#include "ssl-context.h"

namespace sslkit {

// sessionStats(): eleven counters in the order of Python's dictionary: SSL_CTX_sess_number(3).
Napi::Value SslContext::SessionStats(const Napi::CallbackInfo& info) {
  SSL_CTX* ctx = ctx_.get();
  const long counters[] = {
      SSL_CTX_sess_number(ctx),
      SSL_CTX_sess_connect(ctx),
      SSL_CTX_sess_connect_good(ctx),
      SSL_CTX_sess_connect_renegotiate(ctx),
      SSL_CTX_sess_accept(ctx),
      SSL_CTX_sess_accept_good(ctx),
      SSL_CTX_sess_accept_renegotiate(ctx),
      SSL_CTX_sess_hits(ctx),
      SSL_CTX_sess_misses(ctx),
      SSL_CTX_sess_timeouts(ctx),
      SSL_CTX_sess_cache_full(ctx),
  };
  Napi::Array stats = Napi::Array::New(info.Env());
  for (const long counter : counters) stats.Set(stats.Length(), static_cast<double>(counter));
  return stats;
}

Napi::Value SslContext::GetNumTickets(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(SSL_CTX_get_num_tickets(ctx_.get())));
}

// setNumTickets(count): TLS 1.3 tickets sent after a full handshake.
Napi::Value SslContext::SetNumTickets(const Napi::CallbackInfo& info) {
  const auto count = static_cast<size_t>(ReadInteger(info[0]));
  return Napi::Boolean::New(info.Env(), SSL_CTX_set_num_tickets(ctx_.get(), count) == 1);
}

}  // namespace sslkit
