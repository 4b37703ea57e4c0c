// Pre-shared keys: the one decision that OpenSSL cannot pause for. Its callbacks run with the handshake on the stack, so
// JavaScript is entered there, with every method of the object locked meanwhile. A callback that throws has no key.
#include <cstring>

#include "../arguments.h"
#include "../ssl-context/ssl-context.h"
#include "ssl-object.h"

namespace sslkit {

// setPskCallback(callback): called with the hint or identity (Buffer | null); gives back [identity, key], key alone on a
// server, or null. It never throws: TypeScript catches.
Napi::Value SslObject::SetPskCallback(const Napi::CallbackInfo& info) {
  if (!Usable() || !info[0].IsFunction()) return info.Env().Undefined();
  Rare().psk_callback = Napi::Persistent(info[0].As<Napi::Function>());
  if (SSL_is_server(ssl_.get())) {
    SSL_set_psk_server_callback(ssl_.get(), AskPskServer);
    if (info[1].IsString()) SSL_use_psk_identity_hint(ssl_.get(), ReadString(info[1]).c_str());
  } else {
    SSL_set_psk_client_callback(ssl_.get(), AskPskClient);
  }
  return info.Env().Undefined();
}

Napi::Value SslObject::AskPsk(const char* text) {
  Napi::Env env = Env();
  Napi::Value argument = text == nullptr ? env.Null() : Napi::Buffer<char>::Copy(env, text, strlen(text));
  busy_ = true;
  Napi::Value answer = Rare().psk_callback.Call({argument});
  busy_ = false;
  if (env.IsExceptionPending()) env.GetAndClearPendingException();
  return answer;
}

unsigned int SslObject::AskPskClient(SSL* ssl, const char* hint, char* identity, unsigned int identity_size,
                                     unsigned char* key, unsigned int key_size) {
  SslObject* object = Of(ssl);
  if (object == nullptr || object->Rare().psk_callback.IsEmpty()) return 0;
  const Napi::HandleScope scope(object->Env());
  const Napi::Value answer = object->AskPsk(hint);
  if (object->close_waits_ || answer.IsEmpty() || !answer.IsArray()) return 0;
  const Napi::Array pair = answer.As<Napi::Array>();
  const ByteView name = ReadBytes(pair.Get(0u));
  const ByteView secret = ReadBytes(pair.Get(1u));
  // The identity ends with a NUL of its own.
  if (name.size + 1 > identity_size || secret.size == 0 || secret.size > key_size) return 0;
  if (name.size > 0) memcpy(identity, name.data, name.size);
  identity[name.size] = '\0';
  memcpy(key, secret.data, secret.size);
  return static_cast<unsigned int>(secret.size);
}

unsigned int SslObject::AskPskServer(SSL* ssl, const char* identity, unsigned char* key, unsigned int key_size) {
  SslObject* object = Of(ssl);
  if (object == nullptr || object->Rare().psk_callback.IsEmpty()) return 0;
  const Napi::HandleScope scope(object->Env());
  const Napi::Value answer = object->AskPsk(identity);
  if (object->close_waits_ || answer.IsEmpty()) return 0;
  const ByteView secret = ReadBytes(answer);
  if (secret.size == 0 || secret.size > key_size) return 0;
  memcpy(key, secret.data, secret.size);
  return static_cast<unsigned int>(secret.size);
}

}  // namespace sslkit
