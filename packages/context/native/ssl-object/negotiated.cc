#include <openssl/err.h>

#include "../arguments.h"
#include "../environment.h"
#include "../late-bound.h"
#include "../ssl-session/ssl-session.h"
#include "ssl-object.h"

namespace sslkit {

namespace {

Napi::Value TextOrNull(Napi::Env env, const char* text) {
  return text == nullptr ? env.Null() : Napi::String::New(env, text);
}

Napi::Value CipherTriple(Napi::Env env, const SSL_CIPHER* cipher) {
  Napi::Array triple = Napi::Array::New(env, 3);
  triple.Set(0u, SSL_CIPHER_get_name(cipher));
  triple.Set(1u, SSL_CIPHER_get_version(cipher));
  triple.Set(2u, SSL_CIPHER_get_bits(cipher, nullptr));
  return triple;
}

}  // namespace

// version(): null until the handshake is done.
Napi::Value SslObject::Version(const Napi::CallbackInfo& info) {
  const bool done = ssl_ && SSL_is_init_finished(ssl_.get()) == 1;
  return TextOrNull(info.Env(), done ? SSL_get_version(ssl_.get()) : nullptr);
}

Napi::Value SslObject::Cipher(const Napi::CallbackInfo& info) {
  const SSL_CIPHER* cipher = ssl_ ? SSL_get_current_cipher(ssl_.get()) : nullptr;
  return cipher == nullptr ? info.Env().Null() : CipherTriple(info.Env(), cipher);
}

// sharedCiphers(): ours that the client offered too, in our order; null on clients and before the ClientHello.
Napi::Value SslObject::SharedCiphers(const Napi::CallbackInfo& info) {
  const STACK_OF(SSL_CIPHER)* offered = ssl_ ? SSL_get_client_ciphers(ssl_.get()) : nullptr;
  const STACK_OF(SSL_CIPHER)* ours = ssl_ ? SSL_get_ciphers(ssl_.get()) : nullptr;
  if (offered == nullptr || ours == nullptr) return info.Env().Null();
  Napi::Array shared = Napi::Array::New(info.Env());
  for (int index = 0; index < sk_SSL_CIPHER_num(ours); index++) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ours, index);
    bool found = false;
    for (int other = 0; !found && other < sk_SSL_CIPHER_num(offered); other++) {
      found = SSL_CIPHER_get_id(sk_SSL_CIPHER_value(offered, other)) == SSL_CIPHER_get_id(cipher);
    }
    if (found) shared.Set(shared.Length(), CipherTriple(info.Env(), cipher));
  }
  return shared;
}

Napi::Value SslObject::Compression(const Napi::CallbackInfo& info) {
  const COMP_METHOD* method = ssl_ ? SSL_get_current_compression(ssl_.get()) : nullptr;
  return TextOrNull(info.Env(), method == nullptr ? nullptr : SSL_COMP_get_name(method));
}

Napi::Value SslObject::SelectedAlpn(const Napi::CallbackInfo& info) {
  const unsigned char* name = nullptr;  // borrowed from the SSL
  unsigned int length = 0;
  if (ssl_) SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  if (name == nullptr || length == 0) return info.Env().Null();
  return Napi::Buffer<unsigned char>::Copy(info.Env(), name, length);
}

// group(): its name in TLS, or [OpenSSL's short name] before OpenSSL 3.2; null where none was negotiated.
Napi::Value SslObject::Group(const Napi::CallbackInfo& info) {
  // Before a handshake there is no session, which SSL_get0_group_name would look into.
  if (!ssl_ || SSL_get_session(ssl_.get()) == nullptr) return info.Env().Null();
  const auto get_name = GetLateBound().SSL_get0_group_name;
  if (get_name != nullptr) return TextOrNull(info.Env(), get_name(ssl_.get()));
  const long nid = SSL_get_negotiated_group(ssl_.get());
  if (nid == NID_undef || (nid & TLSEXT_nid_unknown) != 0) return info.Env().Null();
  Napi::Array names = Napi::Array::New(info.Env(), 1);
  names.Set(0u, TextOrNull(info.Env(), OBJ_nid2sn(static_cast<int>(nid))));
  return names;
}

// signatureAlgorithm(peer): its name, or OpenSSL's short names of [kind of key, digest | null] where this OpenSSL has no names; null where
// that side signed nothing.
Napi::Value SslObject::SignatureAlgorithm(const Napi::CallbackInfo& info) {
  if (!ssl_) return info.Env().Null();
  const bool peer = ReadBoolean(info[0]);
  const auto get_name = peer ? GetLateBound().SSL_get0_peer_signature_name : GetLateBound().SSL_get0_signature_name;
  if (get_name != nullptr) {
    const char* name = nullptr;  // borrowed from OpenSSL
    return TextOrNull(info.Env(), get_name(ssl_.get(), &name) == 1 ? name : nullptr);
  }
  int key = NID_undef;
  int digest = NID_undef;
  const int found =
      peer ? SSL_get_peer_signature_type_nid(ssl_.get(), &key) : SSL_get_signature_type_nid(ssl_.get(), &key);
  if (found != 1) return info.Env().Null();
  // Ed25519 and Ed448 have no digest of their own, which these two say by failing.
  static_cast<void>(peer ? SSL_get_peer_signature_nid(ssl_.get(), &digest)
                         : SSL_get_signature_nid(ssl_.get(), &digest));
  ClearErrorQueue();
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, TextOrNull(info.Env(), OBJ_nid2sn(key)));
  pair.Set(1u, TextOrNull(info.Env(), digest == NID_undef ? nullptr : OBJ_nid2sn(digest)));
  return pair;
}

// session(): a new wrapper each time, or null.
Napi::Value SslObject::Session(const Napi::CallbackInfo& info) {
  SSL_SESSION* session = ssl_ ? SSL_get1_session(ssl_.get()) : nullptr;
  if (session == nullptr) return info.Env().Null();
  return SslSession::Wrap(info.Env(), SslSessionPointer(session));
}

Napi::Value SslObject::SetSession(const Napi::CallbackInfo& info) {
  const SslSession* session = UnwrapTagged<SslSession>(info[0], kSessionTag);
  if (!Usable() || session == nullptr) return Report(info.Env(), Unavailable());
  ClearErrorQueue();
  // SSL_set_session takes its own reference.
  if (SSL_set_session(ssl_.get(), session->session()) != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

Napi::Value SslObject::SessionReused(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), ssl_ && SSL_session_reused(ssl_.get()) == 1);
}

}  // namespace sslkit
