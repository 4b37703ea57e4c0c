/* Loses one object of OpenSSL's each time: what scripts/leak-check.mjs has to find before its silence means anything. */
#include <node_api.h>
#include <openssl/bio.h>

static napi_value Leak(napi_env env, napi_callback_info info) {
  (void)info;
  BIO *volatile lost = BIO_new(BIO_s_mem());
  lost = NULL;
  napi_value nothing;
  napi_get_undefined(env, &nothing);
  return nothing;
}

NAPI_MODULE_INIT() {
  napi_value leak;
  napi_create_function(env, "plantedLeak", NAPI_AUTO_LENGTH, Leak, NULL, &leak);
  napi_set_named_property(env, exports, "plantedLeak", leak);
  return exports;
}
