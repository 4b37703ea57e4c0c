#include <openssl/err.h>

#include "../arguments.h"
#include "../error-queue.h"
#include "ssl-context.h"

namespace sslkit {

namespace {

Napi::Value LongName(Napi::Env env, int nid) {
  const char* name = nid == NID_undef ? nullptr : OBJ_nid2ln(nid);
  return name == nullptr ? env.Null() : Napi::String::New(env, name);
}

Napi::Object DescribeCipher(Napi::Env env, const SSL_CIPHER* cipher) {
  int algorithm_bits = 0;
  const int strength_bits = SSL_CIPHER_get_bits(cipher, &algorithm_bits);
  char line[512];
  std::string description = SSL_CIPHER_description(cipher, line, sizeof(line)) == nullptr ? "" : line;
  while (!description.empty() && description.back() == '\n') description.pop_back();

  Napi::Object entry = Napi::Object::New(env);
  entry.Set("id", static_cast<double>(SSL_CIPHER_get_id(cipher)));
  entry.Set("name", SSL_CIPHER_get_name(cipher));
  entry.Set("protocol", SSL_CIPHER_get_version(cipher));
  entry.Set("description", description);
  entry.Set("strengthBits", strength_bits);
  entry.Set("algBits", algorithm_bits);
  entry.Set("aead", SSL_CIPHER_is_aead(cipher) == 1);
  entry.Set("symmetric", LongName(env, SSL_CIPHER_get_cipher_nid(cipher)));
  entry.Set("digest", LongName(env, SSL_CIPHER_get_digest_nid(cipher)));
  entry.Set("kea", LongName(env, SSL_CIPHER_get_kx_nid(cipher)));
  entry.Set("auth", LongName(env, SSL_CIPHER_get_auth_nid(cipher)));
  return entry;
}

}  // namespace

// setCiphers(list): TLS 1.2 and below: SSL_CTX_set_cipher_list(3).
Napi::Value SslContext::SetCiphers(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  if (SSL_CTX_set_cipher_list(ctx_.get(), ReadString(info[0]).c_str()) != 1) return Failure(info.Env());
  ERR_clear_error();
  return info.Env().Undefined();
}

// setCiphersuites(list): TLS 1.3.
Napi::Value SslContext::SetCiphersuites(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  if (SSL_CTX_set_ciphersuites(ctx_.get(), ReadString(info[0]).c_str()) != 1) return Failure(info.Env());
  ERR_clear_error();
  return info.Env().Undefined();
}

// getCiphers(): in order of preference, as a connection of this context would have them.
Napi::Value SslContext::GetCiphers(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const SslPointer ssl(SSL_new(ctx_.get()));
  if (!ssl) return Failure(info.Env());
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_get_ciphers(ssl.get());  // borrowed from `ssl`
  const int count = ciphers == nullptr ? 0 : sk_SSL_CIPHER_num(ciphers);
  Napi::Array entries = Napi::Array::New(info.Env(), static_cast<size_t>(count));
  for (int index = 0; index < count; index++) {
    entries.Set(static_cast<uint32_t>(index), DescribeCipher(info.Env(), sk_SSL_CIPHER_value(ciphers, index)));
  }
  return entries;
}

Napi::Value SslContext::GetSecurityLevel(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), SSL_CTX_get_security_level(ctx_.get()));
}

}  // namespace sslkit
