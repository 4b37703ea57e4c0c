#include "buffer-bio.h"

#include <algorithm>
#include <cstring>

namespace sslkit {

namespace {

BufferTransport* TransportOf(BIO* bio) { return static_cast<BufferTransport*>(BIO_get_data(bio)); }

int ReadBio(BIO* bio, char* into, size_t size, size_t* taken) { return TransportOf(bio)->Read(bio, into, size, taken); }

int WriteBio(BIO* bio, const char* from, size_t size, size_t* written) {
  BIO_clear_retry_flags(bio);
  TransportOf(bio)->Write(from, size);
  *written = size;
  return 1;
}

long ControlBio(BIO* bio, int command, long, void*) { return TransportOf(bio)->Control(command); }

// Made once a process and never freed: BIOs of every thread share it, and it never changes.
const BIO_METHOD* BufferMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sslkit buffers");
    BIO_meth_set_read_ex(made, ReadBio);
    BIO_meth_set_write_ex(made, WriteBio);
    BIO_meth_set_ctrl(made, ControlBio);
    return made;
  }();
  return method;
}

}  // namespace

BIO* BufferTransport::MakeBio() {
  BIO* bio = BIO_new(BufferMethod());
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

void BufferTransport::BeginCall(const uint8_t* incoming, size_t incoming_size, uint8_t* outgoing,
                                size_t outgoing_size) {
  incoming_ = incoming;
  incoming_size_ = incoming_size;
  consumed_ = 0;
  outgoing_ = outgoing;
  outgoing_size_ = outgoing_size;
  produced_ = 0;
  // Older bytes go first, whatever this call is about to make.
  MoveQueued();
}

void BufferTransport::EndCall() {
  incoming_ = nullptr;
  incoming_size_ = 0;
  outgoing_ = nullptr;
  outgoing_size_ = 0;
}

void BufferTransport::MoveQueued() {
  const size_t size = std::min(queued(), room());
  if (size == 0) return;
  memcpy(outgoing_ + produced_, queue_.data() + queue_start_, size);
  produced_ += size;
  queue_start_ += size;
  if (queued() == 0) {
    // An idle connection holds no memory for what it once sent.
    std::vector<uint8_t>().swap(queue_);
    queue_start_ = 0;
  }
}

bool BufferTransport::HoldsPartOfRecord() const {
  constexpr size_t kHeader = 5;  // type (1), version (2), length (2): RFC 8446 §5.1
  const size_t size = unread();
  if (size < kHeader) return size > 0;
  const uint8_t* header = incoming_ + consumed_;
  return size < kHeader + (static_cast<size_t>(header[3]) << 8 | header[4]);
}

int BufferTransport::Read(BIO* bio, char* into, size_t size, size_t* taken) {
  BIO_clear_retry_flags(bio);
  *taken = std::min(size, unread());
  if (*taken == 0) {
    if (size == 0 || incoming_ended_) return 0;
    BIO_set_retry_read(bio);
    return -1;
  }
  memcpy(into, incoming_ + consumed_, *taken);
  consumed_ += *taken;
  return 1;
}

void BufferTransport::Write(const char* from, size_t total) {
  // Straight into the caller's memory only while nothing older waits in the queue.
  const size_t direct = queued() == 0 ? std::min(total, room()) : 0;
  if (direct > 0) {
    memcpy(outgoing_ + produced_, from, direct);
    produced_ += direct;
  }
  if (direct < total) {
    const auto* rest = reinterpret_cast<const uint8_t*>(from) + direct;
    queue_.insert(queue_.end(), rest, rest + (total - direct));
  }
}

long BufferTransport::Control(int command) const {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return incoming_ended_ && unread() == 0 ? 1 : 0;
    case BIO_CTRL_PENDING:
      return static_cast<long>(unread());
    case BIO_CTRL_WPENDING:
      return static_cast<long>(queued());
    default:
      return 0;
  }
}

}  // namespace sslkit
