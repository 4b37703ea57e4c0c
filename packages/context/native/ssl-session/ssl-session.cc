#include "ssl-session.h"

#include <openssl/err.h>

#include "../arguments.h"
#include "../environment.h"

namespace sslkit {

Napi::Function SslSession::Define(Napi::Env env) {
  Napi::Function constructor = DefineClass(env, "SSLSession",
                                           {
                                               InstanceMethod<&SslSession::Facts>("facts"),
                                               InstanceMethod<&SslSession::ToBytes>("toBytes"),
                                               StaticMethod<&SslSession::FromBytes>("fromBytes"),
                                           });
  Environment::Of(env)->session_constructor = Napi::Persistent(constructor);
  return constructor;
}

SslSession::SslSession(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SslSession>(info) {
  napi_type_tag_object(info.Env(), info.This(), &kSessionTag);
}

Napi::Value SslSession::Wrap(Napi::Env env, SslSessionPointer session) {
  Napi::Object object = Environment::Of(env)->session_constructor.New({});
  if (object.IsEmpty()) return env.Null();  // the worker is being terminated
  Unwrap(object)->session_ = std::move(session);
  return object;
}

// facts(): [id, time, timeout, ticketLifetimeHint, hasTicket]
Napi::Value SslSession::Facts(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!session_) return env.Null();
  unsigned int id_size = 0;
  const unsigned char* id = SSL_SESSION_get_id(session_.get(), &id_size);
  Napi::Array facts = Napi::Array::New(env, 5);
  facts.Set(0u, Napi::Buffer<unsigned char>::Copy(env, id, id_size));
  facts.Set(1u, static_cast<double>(SSL_SESSION_get_time(session_.get())));
  facts.Set(2u, static_cast<double>(SSL_SESSION_get_timeout(session_.get())));
  facts.Set(3u, static_cast<double>(SSL_SESSION_get_ticket_lifetime_hint(session_.get())));
  facts.Set(4u, SSL_SESSION_has_ticket(session_.get()) == 1);
  return facts;
}

// toBytes(): the ASN.1 form, which holds the session's secrets: i2d_SSL_SESSION(3).
Napi::Value SslSession::ToBytes(const Napi::CallbackInfo& info) {
  const int length = session_ ? i2d_SSL_SESSION(session_.get(), nullptr) : 0;
  if (length <= 0) return info.Env().Null();
  Napi::Buffer<unsigned char> bytes = Napi::Buffer<unsigned char>::New(info.Env(), static_cast<size_t>(length));
  if (bytes.IsEmpty()) return info.Env().Null();  // the worker is being terminated
  unsigned char* cursor = bytes.Data();
  i2d_SSL_SESSION(session_.get(), &cursor);
  return bytes;
}

// fromBytes(bytes): null where they are not a session.
Napi::Value SslSession::FromBytes(const Napi::CallbackInfo& info) {
  const ByteView bytes = ReadBytes(info[0]);
  ERR_clear_error();
  const unsigned char* cursor = bytes.data;
  SslSessionPointer session(bytes.size == 0 ? nullptr
                                            : d2i_SSL_SESSION(nullptr, &cursor, static_cast<long>(bytes.size)));
  ERR_clear_error();
  if (!session || cursor != bytes.data + bytes.size) return info.Env().Null();
  return Wrap(info.Env(), std::move(session));
}

}  // namespace sslkit
