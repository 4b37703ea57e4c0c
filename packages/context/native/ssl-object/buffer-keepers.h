#pragma once
// Which connections keep the memory that OpenSSL makes records in, 17 KiB for each direction, from one call to the next.
//
// SSL_MODE_RELEASE_BUFFERS has each record take that memory and give it back, which costs as much as a tenth of a small
// message. Without it an idle connection holds both. So the few connections that were used last keep theirs, and each
// gives them back when others have been used since. To give them back afterwards, SSL_free_buffers(3), costs more than
// the mode does in OpenSSL 3.0, for it walks through memory that nothing else touches: a connection that was used once in its
// time, one of many, gets the mode there, until it is used twice.
#include <array>
#include <cstddef>

namespace sslkit {

class SslObject;

class BufferKeepers {
 public:
  // Adds one that is not among them; the one that has been among them for longest goes.
  void Add(SslObject* object);
  void Remove(SslObject* object);

 private:
  // Both ends of a proxied connection, or of two connections in one process.
  std::array<SslObject*, 4> keepers_ = {};  // borrowed; null where vacant
  size_t oldest_ = 0;
};

}  // namespace sslkit
