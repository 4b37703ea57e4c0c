/*
 * How another add-on reaches the OpenSSL BIO behind a JavaScript MemoryBIO.
 *
 * The MemoryBIO object itself carries one type tag (napi_type_tag_object) and wraps one sslkit_bio_handle (napi_wrap).
 * To use it:
 *
 *   1. napi_check_object_type_tag(env, object, &SSLKIT_BIO_TYPE_TAG, &tagged). Not tagged: not a MemoryBIO, whatever
 *      its prototype says. Never unwrap an untagged object: what it wraps is something else.
 *   2. napi_unwrap(env, object, (void**)&handle), and check the status.
 *   3. Compare handle->abi with SSLKIT_BIO_ABI before reading any other field. The tag is the same in every version
 *      and `abi` is the first field in every version, so that a mismatch can be told apart from a foreign object.
 *   4. BIO_up_ref(handle->bio) before keeping it.
 *
 * Ownership. The handle belongs to the JavaScript object and is freed when that is collected: read it, keep no pointer
 * to it. The handle owns one reference to `bio`. Whoever keeps `bio` beyond the current call takes a reference of its
 * own and gives it back with BIO_free; the bytes live as long as the last reference. SSL_set_bio(3) takes over one
 * reference for each direction, but a single one when both directions are the same BIO.
 *
 * Threads. A MemoryBIO has no lock: its BIO is used on the thread of the environment that made it, and nowhere else.
 *
 * Behaviour of the BIO. A write always takes all bytes. A read on an empty BIO returns -1 with BIO_should_retry, and,
 * once the end has been written, 0 without it. BIO_eof is true when the end has been written and nothing is left.
 * BIO_set_mem_eof_return(bio, 0) writes the end, with any other value takes it back. Each BIO_read and BIO_write clears
 * the retry flags, as in BIO_s_mem: ask SSL_get_error before another SSL uses the same BIO. No call runs JavaScript.
 */
#ifndef SSLKIT_BIO_H
#define SSLKIT_BIO_H

#include <node_api.h>
#include <openssl/bio.h>
#include <stdint.h>

/* The version of sslkit_bio_handle and of the behaviour above; it changes when either changes incompatibly. */
#define SSLKIT_BIO_ABI 1

typedef struct sslkit_bio_handle {
  uint32_t abi; /* SSLKIT_BIO_ABI of the add-on that made the handle */
  BIO* bio;     /* owner: this handle, one reference; never null */
} sslkit_bio_handle;

/* Marks the JavaScript objects that wrap an sslkit_bio_handle. The numbers are random and the same in every version. */
static const napi_type_tag SSLKIT_BIO_TYPE_TAG = {0xa42ef3fbed7bd17bULL, 0xf2820bf8fc77b8d3ULL};

#endif
