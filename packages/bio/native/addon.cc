// Theory of operation. A MemoryBIO is a JavaScript object (src/memory-bio.ts) that wraps one sslkit_bio_handle
// (include/sslkit_bio.h), which owns one reference to an OpenSSL BIO, which owns a queue of bytes (byte-queue.h).
// JavaScript reaches the queue through the functions of memory-bio.cc, OpenSSL through the BIO_METHOD of
// memory-bio-method.cc, both on the thread of the object. When the object is collected the handle gives its reference
// back; whoever else holds one, such as an SSL, goes on using BIO and queue.
#include <node_api.h>

#include "memory-bio.h"

#if defined(_WIN32)
#include <windows.h>
#elif defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace sslkit {
namespace {

// Keeps this library in memory until the process ends: Node unloads an add-on with the last environment that loaded it,
// and a BIO may be freed after that. On Linux the linker's -z nodelete does the same.
void StayLoaded() {
#if defined(_WIN32)
  HMODULE module;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(&StayLoaded), &module);
#elif defined(__APPLE__)
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&StayLoaded), &info) != 0) {
    dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
#endif
}

}  // namespace
}  // namespace sslkit

NAPI_MODULE_INIT() {
  sslkit::StayLoaded();
  // A failure leaves an exception pending, which is what `require` throws.
  sslkit::DefineMemoryBIO(env, exports);
  return exports;
}
