#pragma once
// Functions newer than OpenSSL 3.0, the oldest that a supported Node carries. They are looked up when the add-on loads,
// so that one binary runs everywhere; a null pointer means that this OpenSSL does not have it.
#include <openssl/ssl.h>

namespace sslkit {

struct LateBound {
  // 3.2: SSL_get0_group_name(3)
  const char* (*SSL_get0_group_name)(SSL*);
  // 3.4: SSL_get1_builtin_sigalgs(3); the result is the caller's to OPENSSL_free
  char* (*SSL_get1_builtin_sigalgs)(OSSL_LIB_CTX*);
  // 3.5: SSL_get0_peer_signature_name(3)
  int (*SSL_get0_signature_name)(const SSL*, const char**);
  int (*SSL_get0_peer_signature_name)(const SSL*, const char**);
  // 3.5: SSL_CTX_get0_implemented_groups(3), which SSL_CTX_ctrl carries out
  bool has_implemented_groups;
};

// Process-wide and immutable: every environment shares one OpenSSL.
const LateBound& GetLateBound();

}  // namespace sslkit
