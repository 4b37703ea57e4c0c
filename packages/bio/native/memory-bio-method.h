#ifndef SSLKIT_BIO_MEMORY_BIO_METHOD_H_
#define SSLKIT_BIO_MEMORY_BIO_METHOD_H_

#include <openssl/bio.h>

#include <cstdint>

#include "byte-queue.h"

namespace sslkit {

// What lies behind one BIO. Owner: the BIO, from its creation to its last BIO_free.
struct MemoryBIOState {
  ByteQueue queue;
  // The end has been written: an empty queue is the end of the data, not a pause in it.
  bool ended = false;
  // Bytes of the queue that V8 is or will be told of. Only the JavaScript object tells, so it stays behind what an SSL
  // does with the BIO until the object is used again, and is of no use once that is collected.
  int64_t reported = 0;
};

// Makes a BIO with one reference, which the caller owns; null where memory is short.
BIO* CreateMemoryBIO();

// The state of a BIO that CreateMemoryBIO of this very copy of the add-on made, null for any other BIO.
MemoryBIOState* StateOf(BIO* bio);

}  // namespace sslkit

#endif  // SSLKIT_BIO_MEMORY_BIO_METHOD_H_
