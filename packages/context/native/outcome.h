#pragma once
// What a call on an SSLObject returns to TypeScript: a count, or one of these negative numbers. They are OpenSSL's
// SSL_ERROR_* with the sign changed (SSL_get_error(3)), so that one comparison with zero tells progress from the rest.
#include <openssl/ssl.h>

#include <cstdint>

namespace sslkit {

enum Outcome : int32_t {
  kDone = 0,
  kFailed = -SSL_ERROR_SSL,
  kWantRead = -SSL_ERROR_WANT_READ,
  kWantWrite = -SSL_ERROR_WANT_WRITE,
  kPausedCertificate = -SSL_ERROR_WANT_X509_LOOKUP,
  kSyscall = -SSL_ERROR_SYSCALL,
  kClosed = -SSL_ERROR_ZERO_RETURN,
  kPausedClientHello = -SSL_ERROR_WANT_CLIENT_HELLO_CB,
  kPausedVerify = -SSL_ERROR_WANT_RETRY_VERIFY,
  // Ours: the object was closed, or was made for the other way in. No OpenSSL call took place.
  kReleased = -100,
  kWrongTransport = -101,
  // A callback of this very connection is running: OpenSSL must not be entered again.
  kBusy = -102,
};

// Where a call leaves what it has no room for in its return value: an Int32Array that TypeScript reads right after the
// call. One an environment is enough, for no JavaScript runs in between.
enum ProgressSlot : uint32_t {
  kConsumed = 0,         // bytes of the caller's TLS input that were taken
  kProduced = 1,         // TLS bytes put into the caller's output
  kOutgoingPending = 2,  // TLS bytes still queued inside
  kEvents = 3,           // 1 where key log lines or trace messages wait for `takeEvents`
  kLeftover = 4,         // 1 where a read may give something without more TLS input: plaintext, a failure, the end
  kPlace = 5,            // the number of the SSLObject that was just made, by which hot calls name it
  kProgressSlots = 6,
};

}  // namespace sslkit
