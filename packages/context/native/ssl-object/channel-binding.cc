#include <openssl/err.h>
#include <openssl/objects.h>

#include "../arguments.h"
#include "ssl-object.h"

namespace sslkit {

// finished(peer): the Finished message of either side, or null before there is one: SSL_get_finished(3).
Napi::Value SslObject::Finished(const Napi::CallbackInfo& info) {
  if (!ssl_) return info.Env().Null();
  unsigned char message[EVP_MAX_MD_SIZE];
  const size_t size = ReadBoolean(info[0]) ? SSL_get_peer_finished(ssl_.get(), message, sizeof(message))
                                           : SSL_get_finished(ssl_.get(), message, sizeof(message));
  if (size == 0) return info.Env().Null();
  return Napi::Buffer<unsigned char>::Copy(info.Env(), message, size);
}

// exportKeyingMaterial(into, label, context | null): RFC 5705, RFC 8446 §7.5.
Napi::Value SslObject::ExportKeyingMaterial(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  ERR_clear_error();
  const ByteView into = ReadBytes(info[0]);
  const std::string label = ReadString(info[1]);
  const bool has_context = info[2].IsTypedArray();
  const ByteView context = ReadBytes(info[2]);
  // A context of no bytes is not the same as no context before TLS 1.3.
  static const unsigned char no_bytes[1] = {0};
  if (SSL_export_keying_material(ssl_.get(), into.data, into.size, label.data(), label.size(),
                                 context.data == nullptr ? no_bytes : context.data, context.size,
                                 has_context ? 1 : 0) != 1) {
    return Failure(info.Env());
  }
  return info.Env().Undefined();
}

// endPointHash(own): the hash of a certificate that RFC 5929 §4.1 asks for, or null.
Napi::Value SslObject::EndPointHash(const Napi::CallbackInfo& info) {
  X509* certificate = nullptr;  // borrowed from the SSL
  if (ssl_) {
    certificate = ReadBoolean(info[0]) ? SSL_get_certificate(ssl_.get()) : SSL_get0_peer_certificate(ssl_.get());
  }
  if (certificate == nullptr) return info.Env().Null();
  int digest_nid = NID_undef;
  if (X509_get_signature_info(certificate, &digest_nid, nullptr, nullptr, nullptr) != 1) digest_nid = NID_undef;
  // RFC 5929 §4.1: "if the certificate's signatureAlgorithm uses a single hash function, and that hash function is
  // either MD5 or SHA-1, then use SHA-256".
  const EVP_MD* digest =
      digest_nid == NID_md5 || digest_nid == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(digest_nid);
  ERR_clear_error();
  if (digest == nullptr) return info.Env().Null();
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate, digest, hash, &size) != 1) return info.Env().Null();
  return Napi::Buffer<unsigned char>::Copy(info.Env(), hash, size);
}

// hasExtendedMasterSecret(): RFC 7627; always so in TLS 1.3.
Napi::Value SslObject::HasExtendedMasterSecret(const Napi::CallbackInfo& info) {
  const bool has = ssl_ && (SSL_version(ssl_.get()) == TLS1_3_VERSION || SSL_get_extms_support(ssl_.get()) == 1);
  return Napi::Boolean::New(info.Env(), has);
}

}  // namespace sslkit
