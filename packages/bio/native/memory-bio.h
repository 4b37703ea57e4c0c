#ifndef SSLKIT_BIO_MEMORY_BIO_H_
#define SSLKIT_BIO_MEMORY_BIO_H_

#include <node_api.h>

namespace sslkit {

// What the functions answer where they have no count to give. JavaScript decides which error that is.
enum Status : int {
  // The object is no MemoryBIO of this copy of the add-on, or the bytes are no Uint8Array.
  kWrongArgument = -1,
  kEndWritten = -2,
  kOutOfMemory = -3,
  // From here downwards: what is queued is more than the memory for it, by how much is the rest of the number.
  kNoRoom = -4,
};

// Adds the functions and the status numbers to `exports`; false with a pending exception where Node-API fails.
bool DefineMemoryBIO(napi_env env, napi_value exports);

}  // namespace sslkit

#endif  // SSLKIT_BIO_MEMORY_BIO_H_
