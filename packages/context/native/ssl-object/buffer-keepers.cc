#include "buffer-keepers.h"

#include <openssl/crypto.h>

#include "../environment.h"
#include "ssl-object.h"

namespace sslkit {

namespace {

// OpenSSL 3.0 walks through all 32 records of the SSL to free its buffers: RECORD_LAYER_release in
// ssl/record/rec_layer_s3.c. The record layer of 3.2 and later does not, and there a connection in this mode has been seen
// to hold on to one of them: tests/regression/idle-memory.test.ts.
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
  if (recent_use_ == RecentUse::kAgain) return;
  if (recent_use_ == RecentUse::kNone) {
    recent_use_ = RecentUse::kOnce;
    environment_->buffer_keepers.Add(this);
  } else {
    recent_use_ = RecentUse::kAgain;
    SSL_clear_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
  }
}

// What holds part of a record, or plaintext that has not been read, stays: SSL_free_buffers(3).
void SslObject::OnNoLongerRecent() {
  const bool used_once = recent_use_ == RecentUse::kOnce;
  recent_use_ = RecentUse::kNone;
  // With OpenSSL on the stack, below a callback: the end of that call makes it a recent one again.
  if (busy_ || (SSL_get_mode(ssl_.get()) & SSL_MODE_RELEASE_BUFFERS) != 0) return;
  SSL_free_buffers(ssl_.get());
  if (used_once && HasCheapMode()) SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace sslkit
