#include "constants.h"

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "arguments.h"

namespace sslkit {

namespace {

// verifyErrorText(X509_V_ERR_*)
Napi::Value VerifyErrorText(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), X509_verify_cert_error_string(static_cast<long>(ReadInteger(info[0]))));
}

}  // namespace

void ExportConstants(Napi::Env env, Napi::Object exports) {
  exports.Set("verifyErrorText", Napi::Function::New(env, VerifyErrorText, "verifyErrorText"));
  exports.Set("opensslVersion", OpenSSL_version(OPENSSL_VERSION));
  exports.Set("opensslVersionNumber", static_cast<double>(OpenSSL_version_num()));
  exports.Set("opensslHeaderVersionNumber", static_cast<double>(OPENSSL_VERSION_NUMBER));
  exports.Set("defaultCertFileEnv", X509_get_default_cert_file_env());
  exports.Set("defaultCertFile", X509_get_default_cert_file());
  exports.Set("defaultCertDirEnv", X509_get_default_cert_dir_env());
  exports.Set("defaultCertDir", X509_get_default_cert_dir());
}

}  // namespace sslkit
