#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "byte-queue.h"

namespace sslkit {
namespace {

// A lone alert or a short record fits, and malloc hands it out without touching its global lock.
constexpr size_t kSmallestSegment = 512;
// Four full TLS records. Bounds what a segment with one byte left in it can hold back, and stays below the 128 KiB from
// which glibc's malloc maps fresh pages for each block.
constexpr size_t kLargestSegment = 64 * 1024;

}  // namespace

bool ByteQueue::Append(const void* bytes, size_t length) {
  const size_t room = last_ == nullptr ? 0 : last_->capacity - last_->end;
  const size_t fitting = std::min(room, length);

  // All new segments first, as a list of their own: a failure leaves the queue as it was.
  Segment* added = nullptr;
  Segment** link = &added;
  size_t added_memory = 0;
  for (size_t missing = length - fitting, queued = size_ + fitting; missing > 0;) {
    // As much as is queued already, so that many small writes need few segments and at most half of one is unused.
    const size_t capacity = std::clamp(std::max(missing, queued), kSmallestSegment, kLargestSegment);
    auto* segment = static_cast<Segment*>(std::malloc(sizeof(Segment) + capacity));
    if (segment == nullptr) {
      while (added != nullptr) {
        Segment* next = added->next;
        std::free(added);
        added = next;
      }
      return false;
    }
    *segment = {nullptr, 0, 0, capacity};
    *link = segment;
    link = &segment->next;
    added_memory += sizeof(Segment) + capacity;
    const size_t taken = std::min(missing, capacity);
    missing -= taken;
    queued += taken;
  }

  const auto* source = static_cast<const unsigned char*>(bytes);
  if (fitting > 0) {
    std::memcpy(last_->bytes() + last_->end, source, fitting);
    last_->end += fitting;
  }
  size_t copied = fitting;
  (last_ == nullptr ? first_ : last_->next) = added;
  for (Segment* segment = added; segment != nullptr; segment = segment->next) {
    segment->end = std::min(length - copied, segment->capacity);
    std::memcpy(segment->bytes(), source + copied, segment->end);
    copied += segment->end;
    last_ = segment;
  }
  size_ += length;
  allocated_ += added_memory;
  return true;
}

size_t ByteQueue::Take(void* target, size_t capacity) {
  auto* destination = static_cast<unsigned char*>(target);
  const size_t wanted = std::min(capacity, size_);
  size_t copied = 0;
  while (copied < wanted) {
    const size_t part = std::min(wanted - copied, first_->end - first_->begin);
    std::memcpy(destination + copied, first_->bytes() + first_->begin, part);
    first_->begin += part;
    copied += part;
    if (first_->begin == first_->end) FreeFirst();
  }
  size_ -= wanted;
  return wanted;
}

void ByteQueue::Clear() {
  while (first_ != nullptr) FreeFirst();
  size_ = 0;
}

void ByteQueue::FreeFirst() {
  Segment* next = first_->next;
  allocated_ -= sizeof(Segment) + first_->capacity;
  std::free(first_);
  first_ = next;
  if (first_ == nullptr) last_ = nullptr;
}

}  // namespace sslkit
