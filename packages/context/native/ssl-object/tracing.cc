#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>

#include "../ssl-context/ssl-context.h"
#include "ssl-object.h"

namespace sslkit {

void SslObject::QueueKeyLogLine(const SSL* ssl, const char* line) {
  SslObject* object = Of(ssl);
  if (object == nullptr) return;
  const auto* bytes = reinterpret_cast<const unsigned char*>(line);
  object->events_.push_back({true, 0, 0, 0, std::vector<unsigned char>(bytes, bytes + strlen(line))});
}

void SslObject::RememberMessage(int write_direction, int version, int content_type, const void* bytes, size_t size,
                                SSL* ssl, void* receiver) {
  // Nothing is looked up for what may come with each record. OpenSSL knows the object only as long as it lives.
  auto* object = static_cast<SslObject*>(receiver);
  const auto* start = static_cast<const unsigned char*>(bytes);
  if (object->first_bytes_size_ == 0 && write_direction == 0 && content_type == SSL3_RT_HEADER) {
    object->first_bytes_size_ = static_cast<uint8_t>(std::min(size, kFirstBytes));
    memcpy(object->first_bytes_, start, object->first_bytes_size_);
  }
  if (!object->context_state_->trace_messages) {
    // Nothing more to learn: each record would come by here twice.
    if (object->first_bytes_size_ > 0) SSL_set_msg_callback(ssl, nullptr);
    return;
  }
  object->events_.push_back(
      {false, write_direction, version, content_type, std::vector<unsigned char>(start, start + size)});
}

// takeEvents(): key log lines as text, messages as [write, version, contentType, bytes], oldest first.
Napi::Value SslObject::TakeEvents(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Napi::Array events = Napi::Array::New(env, events_.size());
  for (size_t index = 0; index < events_.size(); index++) {
    const TraceEvent& event = events_[index];
    if (event.key_log_line) {
      events.Set(static_cast<uint32_t>(index),
                 Napi::String::New(env, reinterpret_cast<const char*>(event.bytes.data()), event.bytes.size()));
      continue;
    }
    Napi::Array message = Napi::Array::New(env, 4);
    message.Set(0u, event.write_direction != 0);
    message.Set(1u, event.version);
    message.Set(2u, event.content_type);
    message.Set(3u, Napi::Buffer<unsigned char>::Copy(env, event.bytes.data(), event.bytes.size()));
    events.Set(static_cast<uint32_t>(index), message);
  }
  for (TraceEvent& event : events_) OPENSSL_cleanse(event.bytes.data(), event.bytes.size());
  events_.clear();
  return events;
}

}  // namespace sslkit
