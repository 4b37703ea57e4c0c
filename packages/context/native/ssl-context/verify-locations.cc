#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509err.h>
#include <openssl/x509v3.h>

#include "../arguments.h"
#include "../error-queue.h"
#include "ssl-context.h"

namespace sslkit {

namespace {

// The objects of a store, locked while they are read: X509_STORE_get0_objects(3). 3.3 has a copying variant; this one
// is in every 3.x, and no JavaScript runs in between.
class LockedObjects {
 public:
  explicit LockedObjects(const SSL_CTX* ctx) : store_(SSL_CTX_get_cert_store(ctx)) {
    X509_STORE_lock(store_);
    objects_ = X509_STORE_get0_objects(store_);
  }
  ~LockedObjects() { X509_STORE_unlock(store_); }
  LockedObjects(const LockedObjects&) = delete;
  LockedObjects& operator=(const LockedObjects&) = delete;

  int size() const { return sk_X509_OBJECT_num(objects_); }
  X509_OBJECT* at(int index) const { return sk_X509_OBJECT_value(objects_, index); }

 private:
  X509_STORE* store_;                // borrowed from the SSL_CTX
  STACK_OF(X509_OBJECT) * objects_;  // borrowed from the store
};

void FreeInfoStack(STACK_OF(X509_INFO) * stack) { sk_X509_INFO_pop_free(stack, X509_INFO_free); }
using InfoStackPointer = std::unique_ptr<STACK_OF(X509_INFO), Deleter<STACK_OF(X509_INFO), FreeInfoStack>>;

Napi::Value AddedCounts(Napi::Env env, int certificates, int crls) {
  Napi::Object counts = Napi::Object::New(env);
  counts.Set("certificates", certificates);
  counts.Set("crls", crls);
  counts.Set("failure", ToArray(env, DrainErrorQueue()));
  return counts;
}

}  // namespace

// addPemCertificates(bytes, trusted): `{certificates, crls, failure}`. With `trusted`, TRUSTED CERTIFICATE blocks and
// CRLs count too, as in a file given to SSL_CTX_load_verify_locations(3); without, only CERTIFICATE and X509 CERTIFICATE.
// What was added before a bad block stays.
Napi::Value SslContext::AddPemCertificates(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView bytes = ReadBytes(info[0]);
  const bool file = ReadBoolean(info[1]);
  X509_STORE* store = SSL_CTX_get_cert_store(ctx_.get());
  const BioPointer bio(
      BIO_new_mem_buf(bytes.data == nullptr ? "" : reinterpret_cast<const char*>(bytes.data), ClampToInt(bytes.size)));
  int certificates = 0;
  int crls = 0;
  if (file) {
    // Keys in the file are skipped, encrypted ones included: the empty password keeps OpenSSL from asking.
    const InfoStackPointer blocks(
        PEM_X509_INFO_read_bio(bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
    if (!blocks) {
      ERR_raise(ERR_LIB_X509, ERR_R_PEM_LIB);
      return AddedCounts(info.Env(), 0, 0);
    }
    for (int index = 0; index < sk_X509_INFO_num(blocks.get()); index++) {
      const X509_INFO* block = sk_X509_INFO_value(blocks.get(), index);
      if (block->x509 != nullptr) {
        if (X509_STORE_add_cert(store, block->x509) != 1) return AddedCounts(info.Env(), certificates, crls);
        certificates++;
      }
      if (block->crl != nullptr) {
        if (X509_STORE_add_crl(store, block->crl) != 1) return AddedCounts(info.Env(), certificates, crls);
        crls++;
      }
    }
    ERR_clear_error();
    if (certificates == 0 && crls == 0) ERR_raise(ERR_LIB_X509, X509_R_NO_CERTIFICATE_OR_CRL_FOUND);
    return AddedCounts(info.Env(), certificates, crls);
  }
  for (;;) {
    const X509Pointer certificate(
        PEM_read_bio_X509(bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
    if (!certificate) break;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) break;
    certificates++;
  }
  return AddedCounts(info.Env(), certificates, crls);
}

// addDerCertificates(bytes): certificates one behind the other, as Python's `cadata` takes them.
Napi::Value SslContext::AddDerCertificates(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView bytes = ReadBytes(info[0]);
  X509_STORE* store = SSL_CTX_get_cert_store(ctx_.get());
  const BioPointer bio(
      BIO_new_mem_buf(bytes.data == nullptr ? "" : reinterpret_cast<const char*>(bytes.data), ClampToInt(bytes.size)));
  int certificates = 0;
  for (;;) {
    const X509Pointer certificate(d2i_X509_bio(bio.get(), nullptr));
    if (!certificate) break;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) break;
    certificates++;
  }
  return AddedCounts(info.Env(), certificates, 0);
}

// addDerCrl(bytes)
Napi::Value SslContext::AddDerCrl(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView bytes = ReadBytes(info[0]);
  const unsigned char* cursor = bytes.data;
  const X509CrlPointer crl(bytes.size == 0 ? nullptr : d2i_X509_CRL(nullptr, &cursor, ClampToInt(bytes.size)));
  if (!crl || X509_STORE_add_crl(SSL_CTX_get_cert_store(ctx_.get()), crl.get()) != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

// addDirectory(path): a hashed directory, looked up when a chain is built: SSL_CTX_load_verify_dir(3).
Napi::Value SslContext::AddDirectory(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const std::string path = ReadString(info[0]);
  if (SSL_CTX_load_verify_dir(ctx_.get(), path.c_str()) != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

Napi::Value SslContext::SetDefaultVerifyPaths(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  if (SSL_CTX_set_default_verify_paths(ctx_.get()) != 1) return Failure(info.Env());
  // A path that does not exist leaves its errno in the queue although the call went well.
  ERR_clear_error();
  return info.Env().Undefined();
}

Napi::Value SslContext::CertStoreStats(const Napi::CallbackInfo& info) {
  int certificates = 0;
  int authorities = 0;
  int crls = 0;
  {
    const LockedObjects objects(ctx_.get());
    for (int index = 0; index < objects.size(); index++) {
      const X509_OBJECT* object = objects.at(index);
      if (X509_OBJECT_get_type(object) == X509_LU_X509) {
        certificates++;
        if (X509_check_ca(X509_OBJECT_get0_X509(object)) != 0) authorities++;
      } else if (X509_OBJECT_get_type(object) == X509_LU_CRL) {
        crls++;
      }
    }
  }
  Napi::Array stats = Napi::Array::New(info.Env(), 3);
  stats.Set(0u, certificates);
  stats.Set(1u, crls);
  stats.Set(2u, authorities);
  return stats;
}

// getCaCerts(): DER of each certificate that may act as a CA, in the order of the store.
Napi::Value SslContext::GetCaCerts(const Napi::CallbackInfo& info) {
  const LockedObjects objects(ctx_.get());
  Napi::Array certificates = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (int index = 0; index < objects.size(); index++) {
    X509* certificate = X509_OBJECT_get0_X509(objects.at(index));
    if (certificate == nullptr || X509_check_ca(certificate) == 0) continue;
    const int length = i2d_X509(certificate, nullptr);
    if (length <= 0) continue;
    Napi::Buffer<unsigned char> der = Napi::Buffer<unsigned char>::New(info.Env(), static_cast<size_t>(length));
    if (der.IsEmpty()) break;  // the worker is being terminated
    unsigned char* cursor = der.Data();
    i2d_X509(certificate, &cursor);
    certificates.Set(count++, der);
  }
  return certificates;
}

// setClientCaNames(): the names a server sends in its CertificateRequest become those of the store's CA certificates.
Napi::Value SslContext::SetClientCaNames(const Napi::CallbackInfo& info) {
  STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
  {
    const LockedObjects objects(ctx_.get());
    for (int index = 0; index < objects.size(); index++) {
      X509* certificate = X509_OBJECT_get0_X509(objects.at(index));
      if (certificate == nullptr || X509_check_ca(certificate) == 0) continue;
      X509_NAME* name = X509_NAME_dup(X509_get_subject_name(certificate));
      if (name != nullptr && sk_X509_NAME_push(names, name) == 0) X509_NAME_free(name);
    }
  }
  SSL_CTX_set_client_CA_list(ctx_.get(), names);  // takes the stack and what is in it
  return info.Env().Undefined();
}

}  // namespace sslkit
