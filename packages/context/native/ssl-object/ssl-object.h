#pragma once
#include <napi.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../arguments.h"
#include "../error-queue.h"
#include "../outcome.h"
#include "../pointers.h"
#include "buffer-bio.h"

namespace sslkit {

struct ContextState;
class Environment;

// What is known of a failure, kept until TypeScript takes it to build its error.
struct FailureRecord {
  int32_t outcome = kDone;
  int system_error = 0;
  std::vector<QueuedError> queue;
};

// Where OpenSSL's chain verification first failed: the callback's view of it is gone when the handshake returns.
struct VerificationRecord {
  int error = X509_V_OK;
  int depth = 0;
  std::vector<unsigned char> certificate;  // DER
  std::vector<std::vector<unsigned char>> chain;
};

// The last alert of each direction; -1 where there was none.
struct AlertRecord {
  int sent = -1;
  int received = -1;
};

// What the client asked for, kept while a handshake is paused at its ClientHello.
struct ClientHelloRecord {
  bool has_server_name = false;
  std::string server_name;
  std::vector<unsigned char> alpn;  // wire form, without the outer length
};

// Five bytes tell which protocol a peer speaks that does not speak TLS: the length of a record header.
constexpr size_t kFirstBytes = 5;

// What most connections never have: on the heap only where something of it is set.
struct RareState {
  FailureRecord failure;
  VerificationRecord verification;
  ClientHelloRecord client_hello;
  std::optional<std::string> alpn_choice;
  Napi::FunctionReference psk_callback;  // strong; cleared with the SSL
};

// A message or key log line for `takeEvents`.
struct TraceEvent {
  bool key_log_line;
  int write_direction;
  int version;
  int content_type;
  std::vector<unsigned char> bytes;
};

// The native half of SSLObject: one SSL. Its transport is a pair of MemoryBIOs or a BufferTransport; everything above
// the transport is the same code. Each topic of its methods is a file of this folder.
class SslObject : public Napi::ObjectWrap<SslObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  // Adds the calls that move bytes: functions that take the number of an object, then bytes.
  static void ExportCalls(Napi::Env env, Napi::Object exports);
  // From BufferKeepers.
  void OnNoLongerRecent();
  explicit SslObject(const Napi::CallbackInfo& info);
  ~SslObject() override;

  // Callbacks of OpenSSL: on the thread of the SSL, with a call of ours and OpenSSL's on the stack. None of them may
  // enter JavaScript.
  static int RememberVerification(int ok, X509_STORE_CTX* store_context);
  static int PauseAtClientHello(SSL* ssl, int* alert, void*);
  static int PauseAtCertificate(SSL* ssl, void*);
  static int PauseAtVerification(X509_STORE_CTX* store_context, void*);
  // What the caller chose for this connection; null where the context's own list decides.
  static const std::string* AlpnChoiceOf(const SSL* ssl);
  static void QueueKeyLogLine(const SSL* ssl, const char* line);
  static void RememberMessage(int write_direction, int version, int content_type, const void* bytes, size_t size,
                              SSL* ssl, void* object);
  static void RememberAlert(const SSL* ssl, int where, int value);

  // The two that do enter JavaScript, for OpenSSL cannot pause where it wants a pre-shared key. While they run every
  // method of this object answers kBusy, and closing it waits.
  static unsigned int AskPskClient(SSL* ssl, const char* hint, char* identity, unsigned int identity_size,
                                   unsigned char* key, unsigned int key_size);
  static unsigned int AskPskServer(SSL* ssl, const char* identity, unsigned char* key, unsigned int key_size);

 private:
  // A hot call from the moment it enters OpenSSL to the number it returns.
  class Call;
  template <auto Method>
  static napi_value CallByPlace(napi_env env, napi_callback_info info);

  static SslObject* Of(const SSL* ssl);
  // Made by the first who asks.
  RareState& Rare();
  int32_t Conclude(int result);
  Napi::Value Report(Napi::Env env, int32_t outcome);
  void Release();
  void OnUsed();
  // kReleased or kBusy where OpenSSL must not be called, else kDone.
  int32_t Unavailable() const { return busy_ ? kBusy : ssl_ ? kDone : kReleased; }
  // Whether a read may give anything without more TLS input.
  bool HasLeftover() const;
  bool Usable() const { return Unavailable() == kDone; }
  Napi::Value AskPsk(const char* text);

  // ssl-object.cc
  Napi::Value Close(const Napi::CallbackInfo& info);
  Napi::Value TakeFailure(const Napi::CallbackInfo& info);
  Napi::Value SetContext(const Napi::CallbackInfo& info);
  Napi::Value SetHostName(const Napi::CallbackInfo& info);
  Napi::Value SetPostHandshakeAuth(const Napi::CallbackInfo& info);
  Napi::Value SetPskCallback(const Napi::CallbackInfo& info);
  // handshake.cc
  int32_t DoHandshake(ByteView incoming);
  Napi::Value VerifyClientPostHandshake(const Napi::CallbackInfo& info);
  Napi::Value IsHandshakeDone(const Napi::CallbackInfo& info);
  // reading.cc
  int32_t Read(ByteView into);
  int32_t Decrypt(ByteView incoming, ByteView plaintext);
  Napi::Value Pending(const Napi::CallbackInfo& info);
  // writing.cc
  int32_t Write(ByteView data);
  int32_t Encrypt(ByteView plaintext, ByteView outgoing);
  int32_t Drain(ByteView outgoing);
  // closing.cc
  int32_t Shutdown(ByteView incoming);
  Napi::Value EndIncoming(const Napi::CallbackInfo& info);
  Napi::Value ShutdownState(const Napi::CallbackInfo& info);
  // peer-certificate.cc
  Napi::Value PeerCertificate(const Napi::CallbackInfo& info);
  Napi::Value VerifiedChain(const Napi::CallbackInfo& info);
  Napi::Value UnverifiedChain(const Napi::CallbackInfo& info);
  Napi::Value VerifyResult(const Napi::CallbackInfo& info);
  // negotiated.cc
  Napi::Value Version(const Napi::CallbackInfo& info);
  Napi::Value Cipher(const Napi::CallbackInfo& info);
  Napi::Value SharedCiphers(const Napi::CallbackInfo& info);
  Napi::Value Compression(const Napi::CallbackInfo& info);
  Napi::Value SelectedAlpn(const Napi::CallbackInfo& info);
  Napi::Value Group(const Napi::CallbackInfo& info);
  Napi::Value SignatureAlgorithm(const Napi::CallbackInfo& info);
  Napi::Value Session(const Napi::CallbackInfo& info);
  Napi::Value SetSession(const Napi::CallbackInfo& info);
  Napi::Value SessionReused(const Napi::CallbackInfo& info);
  // channel-binding.cc
  Napi::Value Finished(const Napi::CallbackInfo& info);
  Napi::Value ExportKeyingMaterial(const Napi::CallbackInfo& info);
  Napi::Value EndPointHash(const Napi::CallbackInfo& info);
  Napi::Value HasExtendedMasterSecret(const Napi::CallbackInfo& info);
  // decisions.cc
  Napi::Value ClientHello(const Napi::CallbackInfo& info);
  Napi::Value AnswerClientHello(const Napi::CallbackInfo& info);
  Napi::Value AnswerCertificate(const Napi::CallbackInfo& info);
  Napi::Value AnswerVerification(const Napi::CallbackInfo& info);
  Napi::Value ChooseAlpn(const Napi::CallbackInfo& info);
  Napi::Value PeerCaNames(const Napi::CallbackInfo& info);
  Napi::Value Verification(const Napi::CallbackInfo& info);
  Napi::Value DescribeVerification(Napi::Env env, Napi::Object record);
  // tracing.cc
  Napi::Value TakeEvents(const Napi::CallbackInfo& info);

  // What every call touches, side by side: with many connections each cache line of this is fetched anew.
  Environment* environment_;                     // one of its owners
  const ContextState* context_state_ = nullptr;  // of the SSL's current SSL_CTX, which the SSL keeps alive
  BufferTransport buffers_;                      // used where `uses_buffers_`
  SslPointer ssl_;                               // owned; null once closed. Declared after buffers_, so freed before it
  std::vector<TraceEvent> events_;
  const int32_t place_;  // of this object in the environment
  bool uses_buffers_ = false;
  // How often since it is one of the environment's BufferKeepers.
  enum class RecentUse : uint8_t { kNone, kOnce, kAgain } recent_use_ = RecentUse::kNone;
  bool wants_input_ = false;    // OpenSSL's last word was WANT_READ
  bool failure_waits_ = false;  // a failure behind plaintext that was delivered first
  bool busy_ = false;           // a PSK callback is running
  bool close_waits_ = false;    // closed by that callback

  // What handshakes and failures need.
  AlertRecord alerts_;
  std::unique_ptr<RareState> rare_;  // see Rare
  bool client_hello_answered_ = false;
  int client_hello_alert_ = -1;
  bool certificate_answered_ = false;
  enum class Verdict { kNone, kAccepted, kRefused } verdict_ = Verdict::kNone;
  uint8_t first_bytes_size_ = 0;
  unsigned char first_bytes_[kFirstBytes] = {};
};

// One call on the SSL: clears the error queue, lends the caller's memory to the transport, and leaves the counts in the
// progress slots when it ends.
class SslObject::Call {
 public:
  explicit Call(SslObject* object, ByteView incoming = {}, ByteView outgoing = {});
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  SslObject* object_;  // borrowed: `this` of the method that made the call
};

}  // namespace sslkit
