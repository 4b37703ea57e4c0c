#include <algorithm>

#include "../arguments.h"
#include "ssl-object.h"

namespace sslkit {

namespace {

constexpr size_t kRecordPlaintext = 16384;  // largest TLS record payload, RFC 8446 §5.1
// What a record adds at most: header, explicit nonce, MAC and padding of the TLS 1.2 CBC suites (RFC 5246 §6.2.3).
constexpr size_t kRecordOverhead = 256;

}  // namespace

// write(data): all of it, as a count, or an outcome: SSL_write_ex(3). After WANT_* the same data must come again.
Napi::Value SslObject::Write(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  const ByteView data = ReadBytes(info[0]);
  if (data.size == 0) return Report(info.Env(), 0);
  size_t count = 0;
  int32_t outcome;
  {
    const Call call(this);
    outcome = Conclude(SSL_write_ex(ssl_.get(), data.data, data.size, &count));
  }
  return Report(info.Env(), outcome == kDone ? ClampToInt(count) : outcome);
}

// encrypt(plaintext, outgoing): plaintext in, TLS bytes out, behind those that were queued. Takes only as much as
// `outgoing` has room for, so that nothing is copied twice; a caller with little room still gets one record at a time.
Napi::Value SslObject::Encrypt(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  if (!uses_buffers_) return Report(info.Env(), kWrongTransport);
  const ByteView plaintext = ReadBytes(info[0]);
  const ByteView outgoing = ReadBytes(info[1]);
  size_t total = 0;
  int32_t outcome = kDone;
  {
    const Call call(this, nullptr, 0, outgoing.data, outgoing.size);
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
  }
  return Report(info.Env(), total > 0 || plaintext.size == 0 ? ClampToInt(total) : outcome);
}

// drain(outgoing): queued TLS bytes out, as a count.
Napi::Value SslObject::Drain(const Napi::CallbackInfo& info) {
  if (!uses_buffers_) return Report(info.Env(), kWrongTransport);
  if (busy_) return Report(info.Env(), kBusy);
  const ByteView outgoing = ReadBytes(info[0]);
  const Call call(this, nullptr, 0, outgoing.data, outgoing.size);
  return Report(info.Env(), ClampToInt(buffers_.produced()));
}

}  // namespace sslkit
