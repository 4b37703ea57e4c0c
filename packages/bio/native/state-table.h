#ifndef SSLKIT_BIO_STATE_TABLE_H_
#define SSLKIT_BIO_STATE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "memory-bio-method.h"

namespace sslkit {

// Where the functions of memory-bio.cc find the state of a MemoryBIO: by a number that its JavaScript object keeps to
// itself. To look at the type tag of that object and unwrap it takes twice as long as all else that a short read does.
//
// It also adds up what V8 is to be told of the memory behind them all.
//
// One for each environment. Owners: the environment, and each MemoryBIO in it, for which of them is finalized last is
// Node's affair.
class StateTable {
 public:
  StateTable() = default;
  StateTable(const StateTable&) = delete;
  StateTable& operator=(const StateTable&) = delete;

  void Acquire() { owners_++; }
  void Release() {
    if (--owners_ == 0) delete this;
  }

  // The number of `state`, which stays borrowed until Remove; below zero where memory is short.
  int32_t Add(MemoryBIOState* state) {
    if (vacant_ == kNone && !Grow()) return -1;
    const int32_t place = vacant_;
    vacant_ = entries_[place].next_vacant;
    entries_[place] = {state, kNone};
    return place;
  }

  void Remove(int32_t place) {
    entries_[place] = {nullptr, vacant_};
    vacant_ = place;
  }

  // The external memory of this environment that V8 has not been told of yet.
  int64_t unreported = 0;

  // Null for a number that Add did not give, or that was removed.
  MemoryBIOState* At(uint32_t place) const { return place < size_ ? entries_[place].state : nullptr; }

 private:
  static constexpr int32_t kNone = -1;
  static constexpr size_t kFirstSize = 16;
  static constexpr size_t kLargestSize = size_t{1} << 30;  // numbers stay small integers of V8 on every platform

  struct Entry {
    MemoryBIOState* state;  // null where vacant
    int32_t next_vacant;
  };

  ~StateTable() { std::free(entries_); }

  bool Grow() {
    const size_t larger = size_ == 0 ? kFirstSize : 2 * size_;
    if (larger > kLargestSize) return false;
    auto* entries = static_cast<Entry*>(std::realloc(entries_, larger * sizeof(Entry)));
    if (entries == nullptr) return false;
    entries_ = entries;
    for (size_t place = larger; place > size_; place--) {
      entries_[place - 1] = {nullptr, vacant_};
      vacant_ = static_cast<int32_t>(place - 1);
    }
    size_ = larger;
    return true;
  }

  size_t owners_ = 1;
  Entry* entries_ = nullptr;  // owner: this table
  size_t size_ = 0;
  int32_t vacant_ = kNone;  // head of a list
};

}  // namespace sslkit

#endif  // SSLKIT_BIO_STATE_TABLE_H_
