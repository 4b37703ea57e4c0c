#pragma once
// The BIO of the fast way in. OpenSSL reads TLS bytes straight from the caller's memory while a call lasts, and writes
// into the caller's memory as far as it has room; what does not fit waits in a queue that `drain` empties.
#include <openssl/bio.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sslkit {

// The state behind one such BIO, both directions. Owned by the SslObject; the BIO only points to it, and the SslObject
// frees its SSL, and so the BIO, first.
class BufferTransport {
 public:
  // The SSL takes this reference (SSL_set_bio(3)).
  BIO* MakeBio();

  // From here to EndCall, `incoming` may be read and `outgoing` written. Either may be empty.
  void BeginCall(const uint8_t* incoming, size_t incoming_size, uint8_t* outgoing, size_t outgoing_size);
  void EndCall();

  // The transport has ended: what OpenSSL reads next is end of file instead of "try again".
  void EndIncoming() { incoming_ended_ = true; }

  size_t consumed() const { return consumed_; }
  size_t unread() const { return incoming_size_ - consumed_; }
  // Whether unread bytes that start with a record do not hold all of it.
  bool HoldsPartOfRecord() const;
  size_t produced() const { return produced_; }
  size_t room() const { return outgoing_size_ - produced_; }
  size_t queued() const { return queue_.size() - queue_start_; }

  // Moves queued bytes into `outgoing` of the current call.
  void MoveQueued();

  int Read(BIO* bio, char* into, size_t size, size_t* taken);
  void Write(const char* from, size_t size);
  long Control(int command) const;

 private:
  const uint8_t* incoming_ = nullptr;  // borrowed from the caller for one call
  size_t incoming_size_ = 0;
  size_t consumed_ = 0;
  bool incoming_ended_ = false;

  uint8_t* outgoing_ = nullptr;  // borrowed from the caller for one call
  size_t outgoing_size_ = 0;
  size_t produced_ = 0;

  std::vector<uint8_t> queue_;
  size_t queue_start_ = 0;
};

}  // namespace sslkit
