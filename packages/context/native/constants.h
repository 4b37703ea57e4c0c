#pragma once
#include <napi.h>

namespace sslkit {

// What only this OpenSSL can say: its version, its default paths, its words for a failed verification.
void ExportConstants(Napi::Env env, Napi::Object exports);

}  // namespace sslkit
