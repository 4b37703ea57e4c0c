#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstring>

#include "../arguments.h"
#include "../error-queue.h"
#include "ssl-context.h"

namespace sslkit {

namespace {

// What OpenSSL's password callback finds in its last argument.
struct PasswordRequest {
  ByteView password;   // borrowed from JavaScript for the call
  bool given = false;  // false where the user gave none
  bool asked = false;  // set when OpenSSL wanted one: the key is encrypted
};

// Called with PEM_read_bio_* or d2i_PKCS8PrivateKey_bio on the stack, on the calling thread. Never calls JavaScript:
// a password that is missing is reported, and TypeScript calls again with one.
int GivePassword(char* buffer, int size, int, void* argument) {
  auto* request = static_cast<PasswordRequest*>(argument);
  request->asked = true;
  if (!request->given || request->password.size > static_cast<size_t>(size)) return -1;
  if (request->password.size > 0) memcpy(buffer, request->password.data, request->password.size);
  return static_cast<int>(request->password.size);
}

// A PEM end of input is how a list of blocks ends, not an error.
bool IsEndOfPem() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace

// useCertificateChain(bytes, der): leaf first, then what helps the peer to build its chain: SSL_CTX_use_certificate(3).
Napi::Value SslContext::UseCertificateChain(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView bytes = ReadBytes(info[0]);
  const bool der = ReadBoolean(info[1]);
  const BioPointer bio(
      BIO_new_mem_buf(bytes.data == nullptr ? "" : reinterpret_cast<const char*>(bytes.data), ClampToInt(bytes.size)));
  // A certificate is public: the empty password keeps OpenSSL from asking for one on the terminal.
  PasswordRequest no_password;
  const X509Pointer leaf(der ? d2i_X509_bio(bio.get(), nullptr)
                             : PEM_read_bio_X509_AUX(bio.get(), nullptr, GivePassword, &no_password));
  if (!leaf) {
    ERR_raise(ERR_LIB_SSL, der ? ERR_R_ASN1_LIB : ERR_R_PEM_LIB);
    return Failure(info.Env());
  }
  // An error that is left behind by a call that went well counts, as in SSL_CTX_use_certificate_chain_file(3): the
  // certificate has an extension that cannot be read.
  if (SSL_CTX_use_certificate(ctx_.get(), leaf.get()) != 1 || ERR_peek_error() != 0) return Failure(info.Env());
  if (SSL_CTX_clear_chain_certs(ctx_.get()) != 1) return Failure(info.Env());
  for (;;) {
    if (der && BIO_pending(bio.get()) == 0) break;
    X509Pointer issuer(der ? d2i_X509_bio(bio.get(), nullptr)
                           : PEM_read_bio_X509(bio.get(), nullptr, GivePassword, &no_password));
    if (!issuer) {
      if (!der && IsEndOfPem()) break;
      return Failure(info.Env());
    }
    if (SSL_CTX_add0_chain_cert(ctx_.get(), issuer.get()) != 1) return Failure(info.Env());
    issuer.release();  // the SSL_CTX owns it now
  }
  ERR_clear_error();
  return info.Env().Undefined();
}

// usePrivateKey(bytes, der, password | null): undefined, a failure, or 'password' where the key is encrypted and no
// password was given.
Napi::Value SslContext::UsePrivateKey(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView bytes = ReadBytes(info[0]);
  const bool der = ReadBoolean(info[1]);
  PasswordRequest request;
  request.given = info[2].IsTypedArray();
  if (request.given) request.password = ReadBytes(info[2]);
  const BioPointer bio(
      BIO_new_mem_buf(bytes.data == nullptr ? "" : reinterpret_cast<const char*>(bytes.data), ClampToInt(bytes.size)));
  KeyPointer key;
  if (!der) {
    key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, GivePassword, &request));
  } else {
    key.reset(d2i_PKCS8PrivateKey_bio(bio.get(), nullptr, GivePassword, &request));
    if (!key && !request.asked) {
      ERR_clear_error();
      if (BIO_reset(bio.get()) != 1) return Failure(info.Env());
      key.reset(d2i_PrivateKey_bio(bio.get(), nullptr));
    }
  }
  if (!key) {
    if (request.asked && !request.given) {
      ERR_clear_error();
      return Napi::String::New(info.Env(), "password");
    }
    // As SSL_CTX_use_PrivateKey_file(3) closes its queue, so that the error reads as Python's does.
    ERR_raise(ERR_LIB_SSL, der ? ERR_R_ASN1_LIB : ERR_R_PEM_LIB);
    return Failure(info.Env());
  }
  if (SSL_CTX_use_PrivateKey(ctx_.get(), key.get()) != 1) return Failure(info.Env());
  ERR_clear_error();
  return info.Env().Undefined();
}

// usePkcs12(bytes, password | null): certificate, key and chain in one: PKCS12_parse(3).
Napi::Value SslContext::UsePkcs12(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView bytes = ReadBytes(info[0]);
  const ByteView password = ReadBytes(info[1]);
  const unsigned char* cursor = bytes.data;
  const Pkcs12Pointer store(bytes.size == 0 ? nullptr : d2i_PKCS12(nullptr, &cursor, ClampToInt(bytes.size)));
  if (!store) return Failure(info.Env());

  std::string text(reinterpret_cast<const char*>(password.data), password.size);
  EVP_PKEY* raw_key = nullptr;
  X509* raw_leaf = nullptr;
  STACK_OF(X509)* raw_chain = nullptr;
  const int parsed = PKCS12_parse(store.get(), text.c_str(), &raw_key, &raw_leaf, &raw_chain);
  OPENSSL_cleanse(text.data(), text.size());
  const KeyPointer key(raw_key);
  const X509Pointer leaf(raw_leaf);
  const X509StackPointer chain(raw_chain);
  if (parsed != 1) return Failure(info.Env());
  if (!leaf || !key) return Napi::String::New(info.Env(), leaf ? "no key" : "no certificate");

  if (SSL_CTX_use_certificate(ctx_.get(), leaf.get()) != 1) return Failure(info.Env());
  if (SSL_CTX_use_PrivateKey(ctx_.get(), key.get()) != 1) return Failure(info.Env());
  // set1: the SSL_CTX copies the stack and takes its own references.
  if (SSL_CTX_set1_chain(ctx_.get(), chain.get()) != 1) return Failure(info.Env());
  ERR_clear_error();
  return info.Env().Undefined();
}

// checkPrivateKey(): does the key belong to the certificate in use: SSL_CTX_check_private_key(3).
Napi::Value SslContext::CheckPrivateKey(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  if (SSL_CTX_check_private_key(ctx_.get()) != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

}  // namespace sslkit
