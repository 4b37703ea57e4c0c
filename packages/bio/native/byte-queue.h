#ifndef SSLKIT_BIO_BYTE_QUEUE_H_
#define SSLKIT_BIO_BYTE_QUEUE_H_

#include <cstddef>
#include <cstdint>

namespace sslkit {

// An unbounded first-in, first-out queue of bytes.
//
// The bytes lie in a list of segments. Appending fills the last segment and adds new ones; taking frees each segment as
// soon as it is empty. So a byte is copied once in and once out however much is queued, and an empty queue holds no
// memory. Not thread-safe. A thread keeps some segments for its next queue, a mebibyte and a quarter at most: malloc
// takes as long for a record's memory as half of the copying does, and would give what lies at the end of its heap back
// to the system, to ask for it again with the next chunk.
class ByteQueue {
 public:
  ByteQueue() = default;
  ~ByteQueue() { Clear(); }
  ByteQueue(const ByteQueue&) = delete;
  ByteQueue& operator=(const ByteQueue&) = delete;

  // Copies all of `bytes` in, or nothing and returns false where memory is short.
  bool Append(const void* bytes, size_t length);
  // Copies at most `capacity` of the oldest bytes out and returns how many.
  size_t Take(void* target, size_t capacity);
  // Drops what is queued.
  void Clear();

  size_t size() const { return size_; }
  // What the segments take, used or not.
  size_t allocated() const { return allocated_; }

 private:
  // The header of one malloc'd block; the bytes follow it.
  struct Segment {
    Segment* next;      // owner: this segment
    size_t begin;       // first byte not taken yet
    size_t end;         // first byte not written yet
    uint32_t capacity;  // bytes after the header
    uint32_t list;      // where the thread keeps segments like this one

    unsigned char* bytes() { return reinterpret_cast<unsigned char*>(this + 1); }
  };

  struct Spares;

  // A segment for `wanted` bytes, or of the largest size where that is less; null where memory is short.
  static Segment* Allocate(size_t wanted);
  static void Free(Segment* segment);
  void FreeFirst();

  Segment* first_ = nullptr;  // owner: this queue
  Segment* last_ = nullptr;   // the end of the same list; not owned
  size_t size_ = 0;
  size_t allocated_ = 0;
};

}  // namespace sslkit

#endif  // SSLKIT_BIO_BYTE_QUEUE_H_
