#pragma once
// Owning pointers to OpenSSL's objects: whoever holds one frees it. A raw pointer anywhere in this add-on is borrowed.
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace sslkit {

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* pointer) const { Free(pointer); }
};

inline void FreeBio(BIO* bio) { BIO_free_all(bio); }
inline void FreeX509Stack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }

using BioPointer = std::unique_ptr<BIO, Deleter<BIO, FreeBio>>;
using SslContextPointer = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX, SSL_CTX_free>>;
using SslPointer = std::unique_ptr<SSL, Deleter<SSL, SSL_free>>;
using SslSessionPointer = std::unique_ptr<SSL_SESSION, Deleter<SSL_SESSION, SSL_SESSION_free>>;
using X509Pointer = std::unique_ptr<X509, Deleter<X509, X509_free>>;
using X509CrlPointer = std::unique_ptr<X509_CRL, Deleter<X509_CRL, X509_CRL_free>>;
using X509StackPointer = std::unique_ptr<STACK_OF(X509), Deleter<STACK_OF(X509), FreeX509Stack>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using KeyContextPointer = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Pkcs12Pointer = std::unique_ptr<PKCS12, Deleter<PKCS12, PKCS12_free>>;
using ObjectPointer = std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT, ASN1_OBJECT_free>>;

}  // namespace sslkit
