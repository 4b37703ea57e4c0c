// The BIO_METHOD of a MemoryBIO.
//
// Reads and writes behave as those of OpenSSL's own BIO_s_mem after BIO_set_mem_eof_return(bio, -1), which is what
// Python's MemoryBIO wraps. Its own method, because a write to a BIO_s_mem that has been read from first moves
// everything queued to the front, which makes a backlog quadratic, and because a BIO_s_mem never gives memory back. Two
// differences show: BIO_eof is true only after the end has been written, and there is no BIO_gets.
//
// Every function here runs with OpenSSL on the stack, on the thread that uses the BIO. None calls into JavaScript or
// V8.
#include <openssl/err.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <new>

#include "memory-bio-method.h"

namespace sslkit {
namespace {

MemoryBIOState* GetState(BIO* bio) { return static_cast<MemoryBIOState*>(BIO_get_data(bio)); }

int Create(BIO* bio) {
  auto* state = new (std::nothrow) MemoryBIOState();
  if (state == nullptr) return 0;
  BIO_set_data(bio, state);
  BIO_set_shutdown(bio, BIO_CLOSE);
  BIO_set_init(bio, 1);
  return 1;
}

int Destroy(BIO* bio) {
  if (bio == nullptr) return 0;
  delete GetState(bio);
  BIO_set_data(bio, nullptr);
  return 1;
}

int Write(BIO* bio, const char* bytes, size_t length, size_t* written) {
  BIO_clear_retry_flags(bio);
  *written = 0;
  if (!GetState(bio)->queue.Append(bytes, length)) {
    ERR_raise(ERR_LIB_BIO, ERR_R_MALLOC_FAILURE);
    return -1;
  }
  *written = length;
  return 1;
}

int Puts(BIO* bio, const char* text) {
  // OpenSSL has no length-checked form of this call; its result is an int.
  const size_t length = std::min(std::strlen(text), static_cast<size_t>(INT_MAX));
  size_t written;
  return Write(bio, text, length, &written) == 1 ? static_cast<int>(written) : -1;
}

int Read(BIO* bio, char* target, size_t capacity, size_t* taken) {
  BIO_clear_retry_flags(bio);
  MemoryBIOState* state = GetState(bio);
  *taken = state->queue.Take(target, capacity);
  if (*taken > 0) return 1;
  if (state->queue.size() > 0 || state->ended) return 0;
  BIO_set_retry_read(bio);
  return -1;
}

// A long has 32 bits on Windows.
long Saturate(size_t count) { return static_cast<long>(std::min(count, static_cast<size_t>(LONG_MAX))); }

long Control(BIO* bio, int command, long number, void*) {
  MemoryBIOState* state = GetState(bio);
  switch (command) {
    case BIO_CTRL_PENDING:
      return Saturate(state->queue.size());
    case BIO_CTRL_EOF:
      return state->ended && state->queue.size() == 0 ? 1 : 0;
    case BIO_C_SET_BUF_MEM_EOF_RETURN:
      state->ended = number == 0;
      return 1;
    case BIO_CTRL_RESET:
      state->queue.Clear();
      return 1;
    case BIO_CTRL_GET_CLOSE:
      return BIO_get_shutdown(bio);
    case BIO_CTRL_SET_CLOSE:
      BIO_set_shutdown(bio, static_cast<int>(number));
      return 1;
    case BIO_CTRL_FLUSH:  // what is written is already where its reader finds it
    case BIO_CTRL_DUP:    // a duplicate starts empty, as that of BIO_s_mem does
      return 1;
    default:  // among them WPENDING, PUSH and POP, and all that asks for a socket
      return 0;
  }
}

struct Method {
  int type = -1;                 // unique in the process: another copy of this add-on has another one
  BIO_METHOD* method = nullptr;  // never freed, as a BIO may outlive the environment that made it
};

Method CreateMethod() {
  Method result;
  const int index = BIO_get_new_index();
  if (index < 0) return result;
  result.type = index | BIO_TYPE_SOURCE_SINK;
  result.method = BIO_meth_new(result.type, "sslkit MemoryBIO");
  if (result.method == nullptr) return result;
  BIO_meth_set_create(result.method, Create);
  BIO_meth_set_destroy(result.method, Destroy);
  BIO_meth_set_write_ex(result.method, Write);
  BIO_meth_set_puts(result.method, Puts);
  BIO_meth_set_read_ex(result.method, Read);
  BIO_meth_set_ctrl(result.method, Control);
  return result;
}

// The one thing that all threads share: made once, by whoever comes first, and never changed.
const Method& SharedMethod() {
  static const Method method = CreateMethod();
  return method;
}

}  // namespace

BIO* CreateMemoryBIO() {
  const BIO_METHOD* method = SharedMethod().method;
  return method == nullptr ? nullptr : BIO_new(method);
}

MemoryBIOState* StateOf(BIO* bio) { return BIO_method_type(bio) == SharedMethod().type ? GetState(bio) : nullptr; }

}  // namespace sslkit
