/* What another add-on does with a MemoryBIO, through the published header alone. Plain C, as the header promises. */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "sslkit_bio.h"

enum { FOREIGN = -1, OTHER_ABI = -2 };

/* References that outlive a call, and on purpose the environment too. Owner: this array, until drop(). */
static BIO* held[64];

static const napi_type_tag OTHER_TAG = {1, 2};

static napi_value number(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

static int32_t integer(napi_env env, napi_value value) {
  int32_t result = -1;
  napi_get_value_int32(env, value, &result);
  return result;
}

static int take(napi_env env, napi_value object, BIO** bio) {
  bool tagged = false;
  void* wrapped = NULL;
  sslkit_bio_handle* handle;
  if (napi_check_object_type_tag(env, object, &SSLKIT_BIO_TYPE_TAG, &tagged) != napi_ok || !tagged) return FOREIGN;
  if (napi_unwrap(env, object, &wrapped) != napi_ok) return FOREIGN;
  handle = wrapped;
  if (handle->abi != SSLKIT_BIO_ABI) return OTHER_ABI;
  *bio = handle->bio;
  return 0;
}

static int keep(BIO* bio) {
  int slot;
  for (slot = 0; slot < 64; slot++) {
    if (held[slot] != NULL) continue;
    held[slot] = bio;
    return slot;
  }
  abort();
}

static size_t arguments(napi_env env, napi_callback_info info, napi_value values[3]) {
  size_t count = 3;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  return count;
}

/* hold(object): a slot, or FOREIGN or OTHER_ABI. */
static napi_value hold(napi_env env, napi_callback_info info) {
  napi_value values[3];
  BIO* bio = NULL;
  int status;
  arguments(env, info, values);
  status = take(env, values[0], &bio);
  if (status != 0) return number(env, status);
  BIO_up_ref(bio);
  return number(env, keep(bio));
}

static napi_value drop(napi_env env, napi_callback_info info) {
  napi_value values[3];
  int32_t slot;
  arguments(env, info, values);
  slot = integer(env, values[0]);
  BIO_free(held[slot]);
  held[slot] = NULL;
  return number(env, 0);
}

/* read(slot, target): what BIO_read returns. */
static napi_value read_bio(napi_env env, napi_callback_info info) {
  napi_value values[3];
  void* data = NULL;
  size_t length = 0;
  arguments(env, info, values);
  napi_get_typedarray_info(env, values[1], NULL, &length, &data, NULL, NULL);
  return number(env, BIO_read(held[integer(env, values[0])], data, (int)length));
}

/* write(slot, bytes): what BIO_write returns. */
static napi_value write_bio(napi_env env, napi_callback_info info) {
  napi_value values[3];
  void* data = NULL;
  size_t length = 0;
  arguments(env, info, values);
  napi_get_typedarray_info(env, values[1], NULL, &length, &data, NULL, NULL);
  return number(env, BIO_write(held[integer(env, values[0])], data, (int)length));
}

/* puts(slot): what BIO_puts of "line\n" returns. */
static napi_value puts_bio(napi_env env, napi_callback_info info) {
  napi_value values[3];
  arguments(env, info, values);
  return number(env, BIO_puts(held[integer(env, values[0])], "line\n"));
}

/* control(slot, command, number): what BIO_ctrl returns. */
static napi_value control(napi_env env, napi_callback_info info) {
  napi_value values[3];
  arguments(env, info, values);
  return number(env, BIO_ctrl(held[integer(env, values[0])], integer(env, values[1]), integer(env, values[2]), NULL));
}

/* retries(slot): whether the last call is worth repeating. */
static napi_value retries(napi_env env, napi_callback_info info) {
  napi_value values[3];
  arguments(env, info, values);
  return number(env, BIO_should_retry(held[integer(env, values[0])]) != 0);
}

/* duplicate(slot): the slot of what BIO_dup_chain makes. */
static napi_value duplicate(napi_env env, napi_callback_info info) {
  napi_value values[3];
  arguments(env, info, values);
  return number(env, keep(BIO_dup_chain(held[integer(env, values[0])])));
}

/* external(): how many bytes outside its heap V8 has been told of, in all. */
static napi_value external(napi_env env, napi_callback_info info) {
  int64_t total = -1;
  (void)info;
  napi_adjust_external_memory(env, 0, &total);
  return number(env, total);
}

static void free_forgery(napi_env env, void* data, void* hint) {
  (void)env;
  (void)hint;
  free(data);
}

/* forge(object, abi, tagged): wraps a handle without BIO, with MemoryBIO's tag or with another one. */
static napi_value forge(napi_env env, napi_callback_info info) {
  napi_value values[3];
  sslkit_bio_handle* handle = calloc(1, sizeof *handle);
  arguments(env, info, values);
  handle->abi = (uint32_t)integer(env, values[1]);
  napi_wrap(env, values[0], handle, free_forgery, NULL, NULL);
  napi_type_tag_object(env, values[0], integer(env, values[2]) ? &SSLKIT_BIO_TYPE_TAG : &OTHER_TAG);
  return values[0];
}

static void define(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  define(env, exports, "hold", hold);
  define(env, exports, "drop", drop);
  define(env, exports, "read", read_bio);
  define(env, exports, "write", write_bio);
  define(env, exports, "puts", puts_bio);
  define(env, exports, "control", control);
  define(env, exports, "retries", retries);
  define(env, exports, "duplicate", duplicate);
  define(env, exports, "external", external);
  define(env, exports, "forge", forge);
  return exports;
}
