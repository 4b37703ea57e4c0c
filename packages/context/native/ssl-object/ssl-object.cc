#include "ssl-object.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <sslkit_bio.h>

#include <cerrno>

#include "../arguments.h"
#include "../environment.h"
#include "../ssl-context/ssl-context.h"
#include "../ssl-session/ssl-session.h"

namespace sslkit {

namespace {

// What V8 is told of an SSL that has seen traffic, buffers and certificates included.
constexpr int64_t kConnectionSize = 24 * 1024;

int ObjectIndex() {
  // Borrowed by the SSL; cleared before the SslObject goes.
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// The BIO behind a MemoryBIO of @sslkit/bio, or null for any other value. Borrowed; `abi` tells what was found.
BIO* UnwrapBio(const Napi::Value& value, uint32_t* abi) {
  *abi = 0;
  if (!value.IsObject()) return nullptr;
  bool matches = false;
  void* data = nullptr;
  if (napi_check_object_type_tag(value.Env(), value, &SSLKIT_BIO_TYPE_TAG, &matches) != napi_ok || !matches) {
    return nullptr;
  }
  if (napi_unwrap(value.Env(), value, &data) != napi_ok || data == nullptr) return nullptr;
  const auto* handle = static_cast<const sslkit_bio_handle*>(data);
  *abi = handle->abi;
  return handle->abi == SSLKIT_BIO_ABI ? handle->bio : nullptr;
}

std::vector<unsigned char> EncodeCertificate(X509* certificate) {
  std::vector<unsigned char> der;
  const int length = certificate == nullptr ? 0 : i2d_X509(certificate, nullptr);
  if (length <= 0) return der;
  der.resize(static_cast<size_t>(length));
  unsigned char* cursor = der.data();
  i2d_X509(certificate, &cursor);
  return der;
}

Napi::Value ToBuffer(Napi::Env env, const std::vector<unsigned char>& bytes) {
  return Napi::Buffer<unsigned char>::Copy(env, bytes.data(), bytes.size());
}

}  // namespace

Napi::Function SslObject::Define(Napi::Env env) {
  Napi::Function constructor =
      DefineClass(env, "SSLObject",
                  {
                      InstanceMethod<&SslObject::Close>("close"),
                      InstanceMethod<&SslObject::TakeFailure>("takeFailure"),
                      InstanceMethod<&SslObject::SetContext>("setContext"),
                      InstanceMethod<&SslObject::SetHostName>("setHostName"),
                      InstanceMethod<&SslObject::SetPskCallback>("setPskCallback"),
                      InstanceMethod<&SslObject::SetPostHandshakeAuth>("setPostHandshakeAuth"),
                      InstanceMethod<&SslObject::VerifyClientPostHandshake>("verifyClientPostHandshake"),
                      InstanceMethod<&SslObject::IsHandshakeDone>("isHandshakeDone"),
                      InstanceMethod<&SslObject::Pending>("pending"),
                      InstanceMethod<&SslObject::EndIncoming>("endIncoming"),
                      InstanceMethod<&SslObject::ShutdownState>("shutdownState"),
                      InstanceMethod<&SslObject::PeerCertificate>("peerCertificate"),
                      InstanceMethod<&SslObject::VerifiedChain>("verifiedChain"),
                      InstanceMethod<&SslObject::UnverifiedChain>("unverifiedChain"),
                      InstanceMethod<&SslObject::VerifyResult>("verifyResult"),
                      InstanceMethod<&SslObject::Version>("version"),
                      InstanceMethod<&SslObject::Cipher>("cipher"),
                      InstanceMethod<&SslObject::SharedCiphers>("sharedCiphers"),
                      InstanceMethod<&SslObject::Compression>("compression"),
                      InstanceMethod<&SslObject::SelectedAlpn>("selectedAlpn"),
                      InstanceMethod<&SslObject::Group>("group"),
                      InstanceMethod<&SslObject::SignatureAlgorithm>("signatureAlgorithm"),
                      InstanceMethod<&SslObject::Session>("session"),
                      InstanceMethod<&SslObject::SetSession>("setSession"),
                      InstanceMethod<&SslObject::SessionReused>("sessionReused"),
                      InstanceMethod<&SslObject::Finished>("finished"),
                      InstanceMethod<&SslObject::ExportKeyingMaterial>("exportKeyingMaterial"),
                      InstanceMethod<&SslObject::EndPointHash>("endPointHash"),
                      InstanceMethod<&SslObject::HasExtendedMasterSecret>("hasExtendedMasterSecret"),
                      InstanceMethod<&SslObject::ClientHello>("clientHello"),
                      InstanceMethod<&SslObject::AnswerClientHello>("answerClientHello"),
                      InstanceMethod<&SslObject::AnswerCertificate>("answerCertificate"),
                      InstanceMethod<&SslObject::AnswerVerification>("answerVerification"),
                      InstanceMethod<&SslObject::ChooseAlpn>("chooseAlpn"),
                      InstanceMethod<&SslObject::PeerCaNames>("peerCaNames"),
                      InstanceMethod<&SslObject::Verification>("verification"),
                      InstanceMethod<&SslObject::TakeEvents>("takeEvents"),
                  });
  Environment::Of(env)->object_constructor = Napi::Persistent(constructor);
  return constructor;
}

// new SSLObject(context, serverSide, incoming MemoryBIO | null, outgoing MemoryBIO | null). Leaves `failure` on the
// new object: undefined, 'context', 'bio', the number of a foreign abi, or an error queue. Its own number is in progress.
SslObject::SslObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<SslObject>(info),
      environment_(Environment::Of(info.Env())),
      place_(environment_->AddObject(this)) {
  environment_->progress()[kPlace] = place_;
  Napi::Env env = info.Env();
  Napi::Object self = info.This().As<Napi::Object>();
  ClearErrorQueue();
  SslContext* context = UnwrapTagged<SslContext>(info[0], kContextTag);
  if (context == nullptr || context->ctx() == nullptr) {
    self.Set("failure", "context");
    return;
  }
  uses_buffers_ = info[2].IsNull();
  BIO* incoming = nullptr;
  BIO* outgoing = nullptr;
  if (!uses_buffers_) {
    uint32_t abi = 0;
    incoming = UnwrapBio(info[2], &abi);
    if (incoming != nullptr) outgoing = UnwrapBio(info[3], &abi);
    if (incoming == nullptr || outgoing == nullptr) {
      if (abi == 0) {
        self.Set("failure", "bio");
      } else {
        self.Set("failure", abi);
      }
      return;
    }
  }

  ssl_.reset(SSL_new(context->ctx()));
  if (!ssl_ || SSL_set_ex_data(ssl_.get(), ObjectIndex(), this) != 1) {
    ssl_.reset();
    self.Set("failure", Failure(env));
    return;
  }
  if (uses_buffers_) {
    BIO* bio = buffers_.MakeBio();
    SSL_set_bio(ssl_.get(), bio, bio);  // takes the one reference
  } else {
    // The MemoryBIOs keep their own references: each side may be collected before the other. SSL_set_bio(3) takes one
    // reference for each direction, and a single one where both are the same BIO.
    BIO_up_ref(incoming);
    if (outgoing != incoming) BIO_up_ref(outgoing);
    SSL_set_bio(ssl_.get(), incoming, outgoing);
  }
  SSL_set_info_callback(ssl_.get(), RememberAlert);
  SSL_set_msg_callback(ssl_.get(), RememberMessage);
  SSL_set_msg_callback_arg(ssl_.get(), this);
  context_state_ = ContextState::Of(context->ctx());
  Napi::MemoryManagement::AdjustExternalMemory(env, kConnectionSize);
  if (ReadBoolean(info[1])) {
    SSL_set_accept_state(ssl_.get());
    // That of Python's module, so that a server of either resumes what the other stored. Servers alone: a client's
    // pre-shared key makes a session without one, which then would not match.
    static const unsigned char session_id_context[] = "Python";
    SSL_set_session_id_context(ssl_.get(), session_id_context, sizeof(session_id_context));
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

SslObject::~SslObject() {
  Release();
  environment_->RemoveObject(place_);
}

void SslObject::Release() {
  if (!ssl_) return;
  if (busy_) {
    // OpenSSL is on the stack below the callback that closes this: freed when it has returned.
    close_waits_ = true;
    return;
  }
  Napi::MemoryManagement::AdjustExternalMemory(Env(), -kConnectionSize);
  if (rare_) rare_->psk_callback.Reset();
  if (recent_use_ != RecentUse::kNone) environment_->buffer_keepers.Remove(this);
  recent_use_ = RecentUse::kNone;
  SSL_set_ex_data(ssl_.get(), ObjectIndex(), nullptr);
  // Without this, freeing an SSL that was not shut down takes its session out of the cache: SSL_set_shutdown(3).
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_get_shutdown(ssl_.get()));
  ssl_.reset();
}

RareState& SslObject::Rare() {
  if (!rare_) rare_ = std::make_unique<RareState>();
  return *rare_;
}

SslObject* SslObject::Of(const SSL* ssl) { return static_cast<SslObject*>(SSL_get_ex_data(ssl, ObjectIndex())); }

Napi::Value SslObject::Report(Napi::Env env, int32_t outcome) {
  napi_value number = nullptr;
  napi_create_int32(env, outcome, &number);  // Napi::Number::New goes by way of a double
  return Napi::Value(env, number);
}

Napi::Value SslObject::Close(const Napi::CallbackInfo& info) {
  Release();
  return info.Env().Undefined();
}

// takeFailure(): `{outcome, systemError, queue, verifyResult, verifyDepth, verifyCertificate, verifyChain, alertSent,
// alertReceived, endOfInput}` for the outcome just returned.
Napi::Value SslObject::TakeFailure(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Napi::Object record = Napi::Object::New(env);
  FailureRecord& failure = Rare().failure;
  record.Set("outcome", failure.outcome);
  record.Set("systemError", failure.system_error);
  record.Set("queue", ToArray(env, failure.queue));
  record.Set("alertSent", alerts_.sent);
  record.Set("alertReceived", alerts_.received);
  record.Set("verifyResult", ssl_ ? static_cast<double>(SSL_get_verify_result(ssl_.get())) : 0);
  DescribeVerification(env, record);
  record.Set("firstBytes", Napi::Buffer<unsigned char>::Copy(env, first_bytes_, first_bytes_size_));
  failure = {};
  return record;
}

// Adds `verifyDepth`, `verifyCertificate` and `verifyChain`.
Napi::Value SslObject::DescribeVerification(Napi::Env env, Napi::Object record) {
  const VerificationRecord& verification = Rare().verification;
  record.Set("verifyDepth", verification.depth);
  const bool failed = verification.error != X509_V_OK;
  record.Set("verifyCertificate", failed ? ToBuffer(env, verification.certificate) : env.Undefined());
  Napi::Array chain = Napi::Array::New(env);
  for (const std::vector<unsigned char>& certificate : verification.chain) {
    chain.Set(chain.Length(), ToBuffer(env, certificate));
  }
  record.Set("verifyChain", chain);
  return record;
}

// setContext(context): SSL_set_SSL_CTX swaps certificates and the trust store.
Napi::Value SslObject::SetContext(const Napi::CallbackInfo& info) {
  SslContext* context = UnwrapTagged<SslContext>(info[0], kContextTag);
  if (!Usable() || context == nullptr) return Napi::Boolean::New(info.Env(), false);
  ClearErrorQueue();
  const bool done = SSL_set_SSL_CTX(ssl_.get(), context->ctx()) != nullptr;
  if (done) context_state_ = ContextState::Of(context->ctx());
  ClearErrorQueue();
  return Napi::Boolean::New(info.Env(), done);
}

// setHostName(name, isAddress, check, sendName): server name indication and the name the certificate is held to.
Napi::Value SslObject::SetHostName(const Napi::CallbackInfo& info) {
  if (!Usable()) return Report(info.Env(), Unavailable());
  ClearErrorQueue();
  const std::string name = ReadString(info[0]);
  const bool is_address = ReadBoolean(info[1]);
  const bool check = ReadBoolean(info[2]);
  // RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"."
  if (!is_address && SSL_set_tlsext_host_name(ssl_.get(), name.c_str()) != 1) return Failure(info.Env());
  if (check) {
    X509_VERIFY_PARAM* param = SSL_get0_param(ssl_.get());
    const int set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str())
                               : X509_VERIFY_PARAM_set1_host(param, name.data(), name.size());
    if (set != 1) return Failure(info.Env());
  }
  return info.Env().Undefined();
}

// setPostHandshakeAuth(advertise, request): a client offers it; a server asks only after the handshake.
Napi::Value SslObject::SetPostHandshakeAuth(const Napi::CallbackInfo& info) {
  if (!ssl_) return info.Env().Undefined();
  if (ReadBoolean(info[0])) SSL_set_post_handshake_auth(ssl_.get(), 1);
  if (ReadBoolean(info[1])) {
    const int mode = SSL_get_verify_mode(ssl_.get());
    if ((mode & SSL_VERIFY_PEER) != 0) {
      SSL_set_verify(ssl_.get(), mode | SSL_VERIFY_POST_HANDSHAKE, SSL_get_verify_callback(ssl_.get()));
    }
  }
  return info.Env().Undefined();
}

int SslObject::RememberVerification(int ok, X509_STORE_CTX* store_context) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  SslObject* object = ssl == nullptr ? nullptr : Of(ssl);
  if (ok == 1 || object == nullptr) return ok;
  VerificationRecord& record = object->Rare().verification;
  // The first failure ends the verification, and is the one that SSL_get_verify_result reports.
  record.error = X509_STORE_CTX_get_error(store_context);
  record.depth = X509_STORE_CTX_get_error_depth(store_context);
  record.certificate = EncodeCertificate(X509_STORE_CTX_get_current_cert(store_context));
  record.chain.clear();
  const X509StackPointer chain(X509_STORE_CTX_get1_chain(store_context));
  for (int index = 0; chain && index < sk_X509_num(chain.get()); index++) {
    record.chain.push_back(EncodeCertificate(sk_X509_value(chain.get(), index)));
  }
  return ok;
}

void SslObject::RememberAlert(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) == 0) return;
  SslObject* object = Of(ssl);
  if (object == nullptr) return;
  const int number = value & 0xff;  // the upper byte is the level: SSL_CTX_set_info_callback(3)
  if ((where & SSL_CB_READ) != 0) {
    object->alerts_.received = number;
  } else {
    object->alerts_.sent = number;
  }
}

}  // namespace sslkit
