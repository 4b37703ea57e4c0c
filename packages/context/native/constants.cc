#include "constants.h"

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "late-bound.h"

namespace sslkit {

void ExportConstants(Napi::Env env, Napi::Object exports) {
  exports.Set("opensslVersion", OpenSSL_version(OPENSSL_VERSION));
  exports.Set("opensslVersionNumber", static_cast<double>(OpenSSL_version_num()));
  exports.Set("opensslHeaderVersionNumber", static_cast<double>(OPENSSL_VERSION_NUMBER));
  exports.Set("defaultCertFileEnv", X509_get_default_cert_file_env());
  exports.Set("defaultCertFile", X509_get_default_cert_file());
  exports.Set("defaultCertDirEnv", X509_get_default_cert_dir_env());
  exports.Set("defaultCertDir", X509_get_default_cert_dir());
  const LateBound& bound = GetLateBound();
  exports.Set("hasGroupName", bound.SSL_get0_group_name != nullptr);
  exports.Set("hasBuiltinSigalgs", bound.SSL_get1_builtin_sigalgs != nullptr);
  exports.Set("hasSignatureName", bound.SSL_get0_signature_name != nullptr);
  exports.Set("hasImplementedGroups", bound.has_implemented_groups);
}

}  // namespace sslkit
