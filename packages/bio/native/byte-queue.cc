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

// Makes up a mebibyte: as much as one call may be given at a time without being unusual.
constexpr size_t kMostSpares = 16;
// Set when the spares of this thread are gone, and with them the place to keep others.
thread_local bool spares_gone = false;

}  // namespace

// Segments of the largest size that no queue of this thread uses.
struct ByteQueue::Spares {
  Segment* first = nullptr;  // owner: this list
  size_t count = 0;

  ~Spares() {
    spares_gone = true;
    while (first != nullptr) std::free(Remove());
  }

  Segment* Remove() {
    Segment* segment = first;
    first = segment->next;
    count--;
    return segment;
  }

  static Spares& OfThread() {
    thread_local Spares spares;
    return spares;
  }
};

ByteQueue::Segment* ByteQueue::Allocate(size_t capacity) {
  const bool may_be_spare = capacity == kLargestSegment && !spares_gone;
  void* memory = may_be_spare && Spares::OfThread().count > 0 ? Spares::OfThread().Remove()
                                                              : std::malloc(sizeof(Segment) + capacity);
  if (memory == nullptr) return nullptr;
  auto* segment = static_cast<Segment*>(memory);
  *segment = {nullptr, 0, 0, capacity};
  return segment;
}

void ByteQueue::Free(Segment* segment) {
  if (segment->capacity != kLargestSegment || spares_gone || Spares::OfThread().count == kMostSpares) {
    std::free(segment);
    return;
  }
  Spares& spares = Spares::OfThread();
  segment->next = spares.first;
  spares.first = segment;
  spares.count++;
}

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
    Segment* segment = Allocate(capacity);
    if (segment == nullptr) {
      while (added != nullptr) {
        Segment* next = added->next;
        Free(added);
        added = next;
      }
      return false;
    }
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
  Free(first_);
  first_ = next;
  if (first_ == nullptr) last_ = nullptr;
}

}  // namespace sslkit
