#pragma once
#include <napi.h>

namespace sslkit {

// enumCertificates(store): [[der, encoding, usages | null], …]; enumCrls(store): [[der, encoding], …]. Windows only: the
// functions do not exist elsewhere.
void ExportWindowsStore(Napi::Env env, Napi::Object exports);

}  // namespace sslkit
