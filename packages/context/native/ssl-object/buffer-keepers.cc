#include "buffer-keepers.h"

#include <openssl/crypto.h>

#include "../environment.h"
#include "ssl-object.h"

namespace sslkit {

namespace {

// From 3.2 on, SSL_free_buffers(3) is cheap, and the mode leaves one of the two buffers where it is.
bool HasCheapMode() {
  static const bool has = OpenSSL_version_num() < 0x30200000UL;
  return has;
}

}  // namespace

void BufferKeepers::Add(SslObject* object) {
  SslObject*& place = keepers_[oldest_];
  if (place != nullptr) place->OnNoLongerRecent();
  place = object;
  oldest_ = (oldest_ + 1) % keepers_.size();
}

void BufferKeepers::Remove(SslObject* object) {
  for (SslObject*& keeper : keepers_) {
    if (keeper == object) keeper = nullptr;
  }
}

// At the end of each call.
void SslObject::OnUsed() {
  if (!is_recent_) {
    is_recent_ = true;
    is_used_again_ = false;
    environment_->buffer_keepers.Add(this);
  } else if (!is_used_again_) {
    is_used_again_ = true;
    if (releases_buffers_) SSL_clear_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
    releases_buffers_ = false;
  }
}

// What holds part of a record, or plaintext that has not been read, stays: SSL_free_buffers(3).
void SslObject::OnNoLongerRecent() {
  is_recent_ = false;
  // With OpenSSL on the stack, below a callback: the end of that call makes it a recent one again.
  if (busy_ || releases_buffers_) return;
  SSL_free_buffers(ssl_.get());
  if (is_used_again_ || !HasCheapMode()) return;
  SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
  releases_buffers_ = true;
}

}  // namespace sslkit
