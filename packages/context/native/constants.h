#pragma once
#include <napi.h>

namespace sslkit {

// What only this OpenSSL can say: its version, its default paths, which features it was built with.
void ExportConstants(Napi::Env env, Napi::Object exports);

}  // namespace sslkit
