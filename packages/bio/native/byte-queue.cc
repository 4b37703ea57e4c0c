#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "byte-queue.h"

namespace sslkit {
namespace {

// What segments hold. The smallest has room for a lone alert or a short record, 16,896 for a full one with all that TLS
// adds to it. The largest bounds what a segment with one byte left in it can hold back, and stays below the 128 KiB from
// which glibc's malloc maps fresh pages for each block.
constexpr uint32_t kCapacities[] = {512, 1024, 2048, 4096, 8192, 16'896, 33'792, 65'536};
constexpr uint32_t kClasses = sizeof(kCapacities) / sizeof(*kCapacities);
constexpr uint32_t kLargestSegment = kCapacities[kClasses - 1];

// How many a thread keeps of the largest, together a mebibyte: as much as one call may be given at a time without being
// unusual. And how many of each other.
constexpr size_t kMostLargest = 16;
constexpr size_t kMostOthers = 4;

// Set when the spares of this thread are gone, and with them the place to keep others.
thread_local bool spares_gone = false;

}  // namespace

// Segments that no queue of this thread uses, in a list for each capacity.
struct ByteQueue::Spares {
  struct List {
    Segment* first = nullptr;  // owner: this list
    size_t count = 0;

    Segment* Remove() {
      Segment* segment = first;
      first = segment->next;
      count--;
      return segment;
    }
  };

  List lists[kClasses];

  ~Spares() {
    spares_gone = true;
    for (List& list : lists) {
      while (list.first != nullptr) std::free(list.Remove());
    }
  }

  static Spares& OfThread() {
    thread_local Spares spares;
    return spares;
  }
};

ByteQueue::Segment* ByteQueue::Allocate(size_t wanted) {
  uint32_t index = 0;
  while (index < kClasses - 1 && kCapacities[index] < wanted) index++;
  Segment* segment = nullptr;
  if (!spares_gone) {
    Spares::List& list = Spares::OfThread().lists[index];
    if (list.count > 0) segment = list.Remove();
  }
  if (segment == nullptr) segment = static_cast<Segment*>(std::malloc(sizeof(Segment) + kCapacities[index]));
  if (segment == nullptr) return nullptr;
  *segment = {nullptr, 0, 0, kCapacities[index], index};
  return segment;
}

void ByteQueue::Free(Segment* segment) {
  if (!spares_gone) {
    Spares::List& list = Spares::OfThread().lists[segment->list];
    if (list.count < (segment->capacity == kLargestSegment ? kMostLargest : kMostOthers)) {
      segment->next = list.first;
      list.first = segment;
      list.count++;
      return;
    }
  }
  std::free(segment);
}

bool ByteQueue::Append(const void* bytes, size_t length) {
  const size_t room = last_ == nullptr ? 0 : last_->capacity - last_->end;
  const size_t fitting = std::min(room, length);

  // All new segments first, as a list of their own: a failure leaves the queue as it was.
  Segment* added = nullptr;
  Segment** link = &added;
  size_t added_memory = 0;
  for (size_t missing = length - fitting, queued = size_ + fitting; missing > 0;) {
    // As much as is queued already, so that many small writes need few segments.
    Segment* segment = Allocate(std::max(missing, queued));
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
    added_memory += sizeof(Segment) + segment->capacity;
    const size_t taken = std::min(missing, size_t{segment->capacity});
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
    segment->end = std::min(length - copied, size_t{segment->capacity});
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
