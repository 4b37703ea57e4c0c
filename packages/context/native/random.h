#pragma once
#include <napi.h>

namespace sslkit {

// randBytes(into: Uint8Array), randStatus(), randAdd(bytes: Uint8Array, entropy: number): RAND_bytes(3), RAND_add(3).
void ExportRandom(Napi::Env env, Napi::Object exports);

}  // namespace sslkit
