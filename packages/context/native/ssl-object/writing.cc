#include <algorithm>

#include "ssl-object.h"

namespace sslkit {

namespace {

constexpr size_t kRecordPlaintext = 16384;  // largest TLS record payload, RFC 8446 §5.1
// What a record adds at most: header, explicit nonce, MAC and padding of the TLS 1.2 CBC suites (RFC 5246 §6.2.3).
constexpr size_t kRecordOverhead = 256;

}  // namespace

// write(data): all of it, as a count, or an outcome: SSL_write_ex(3). After WANT_* the same data must come again.
int32_t SslObject::Write(ByteView data) {
  if (!Usable()) return Unavailable();
  const Call call(this);
  if (data.size == 0) return 0;
  size_t count = 0;
  const int32_t outcome = Conclude(SSL_write_ex(ssl_.get(), data.data, data.size, &count));
  return outcome == kDone ? ClampToInt(count) : outcome;
}

// encrypt(plaintext, outgoing): plaintext in, TLS bytes out, behind those that were queued. Takes only as much as
// `outgoing` has room for, so that nothing is copied twice; a caller with little room still gets one record at a time.
int32_t SslObject::Encrypt(ByteView plaintext, ByteView outgoing) {
  if (!Usable()) return Unavailable();
  if (!uses_buffers_) return kWrongTransport;
  const Call call(this, {}, outgoing);
  size_t total = 0;
  int32_t outcome = kDone;
  // Records that fit one behind the other; with older bytes still queued there is no room at all.
  while (outcome == kDone && total < plaintext.size && buffers_.queued() == 0) {
    const size_t left = plaintext.size - total;
    const size_t records = buffers_.room() / (kRecordPlaintext + kRecordOverhead);
    size_t size = std::min(left, records * kRecordPlaintext);
    if (size == 0) {
      if (left + kRecordOverhead <= buffers_.room()) {
        size = left;
      } else if (buffers_.produced() == 0) {
        size = std::min(left, kRecordPlaintext);  // spills into the queue, which drain() gives
      } else {
        break;
      }
    }
    size_t count = 0;
    outcome = Conclude(SSL_write_ex(ssl_.get(), plaintext.data + total, size, &count));
    if (outcome == kDone) total += count;
  }
  return total > 0 || plaintext.size == 0 ? ClampToInt(total) : outcome;
}

// drain(outgoing): queued TLS bytes out, as a count.
int32_t SslObject::Drain(ByteView outgoing) {
  if (!uses_buffers_) return kWrongTransport;
  if (busy_) return kBusy;
  const Call call(this, {}, outgoing);
  return ClampToInt(buffers_.produced());
}

}  // namespace sslkit
