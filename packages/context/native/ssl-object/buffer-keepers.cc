#include "buffer-keepers.h"

#include "ssl-object.h"

namespace sslkit {

void BufferKeepers::Add(SslObject* object) {
  SslObject*& place = keepers_[oldest_];
  if (place != nullptr) place->GiveBuffersBack();
  place = object;
  oldest_ = (oldest_ + 1) % keepers_.size();
}

void BufferKeepers::Remove(SslObject* object) {
  for (SslObject*& keeper : keepers_) {
    if (keeper == object) keeper = nullptr;
  }
}

// What holds part of a record, or plaintext that has not been read, stays: SSL_free_buffers(3).
void SslObject::GiveBuffersBack() {
  keeps_buffers_ = false;
  // With OpenSSL on the stack, below a callback: the end of that call makes it a keeper again.
  if (!busy_) SSL_free_buffers(ssl_.get());
}

}  // namespace sslkit
