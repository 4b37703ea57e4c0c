#include "late-bound.h"

#include <openssl/crypto.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace sslkit {

namespace {

void* FindSymbol(const char* name) {
#if defined(_WIN32)
  return reinterpret_cast<void*>(GetProcAddress(GetModuleHandle(nullptr), name));
#else
  return dlsym(RTLD_DEFAULT, name);
#endif
}

template <typename Function>
void Bind(Function& function, const char* name) {
  function = reinterpret_cast<Function>(FindSymbol(name));
}

LateBound BindAll() {
  LateBound bound = {};
  Bind(bound.SSL_get0_group_name, "SSL_get0_group_name");
  Bind(bound.SSL_get1_builtin_sigalgs, "SSL_get1_builtin_sigalgs");
  Bind(bound.SSL_get0_signature_name, "SSL_get0_signature_name");
  Bind(bound.SSL_get0_peer_signature_name, "SSL_get0_peer_signature_name");
  bound.has_implemented_groups = OPENSSL_version_major() == 3 && OPENSSL_version_minor() >= 5;
  return bound;
}

}  // namespace

const LateBound& GetLateBound() {
  static const LateBound bound = BindAll();
  return bound;
}

}  // namespace sslkit
