/*
 * The limit: what OpenSSL itself does when nothing but C stands above it. One thread, client and server in one process,
 * a BIO that reads from and writes to plain memory. Answers one line on standard output for each line on standard input;
 * README.md lists the commands. The only argument is the folder with the certificates.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One direction of a connection. Starts are staggered: buffers with equal low address bits slow each other down. */
typedef struct {
  unsigned char *bytes;
  size_t start, end, capacity;
} Pipe;

typedef struct {
  SSL *client, *server;
  Pipe to_server, to_client;
  Pipe *client_ends[2], *server_ends[2]; /* what each side reads from and writes to */
} Pair;

static SSL_CTX *client_context, *server_context;
static int release_buffers; /* set by the memory command */
static const char *folder;
static size_t stagger;

static void fail(const char *what) {
  fprintf(stderr, "limit: %s\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static unsigned char *take_memory(size_t size) {
  stagger = (stagger + 1088) % 4096;
  unsigned char *bytes = malloc(size + 4096);
  if (bytes == NULL) fail("no memory");
  memset(bytes, 7, size + 4096);
  return bytes + stagger; /* freed by the end of the process */
}

static void make_room(Pipe *pipe, size_t size) {
  if (pipe->end + size <= pipe->capacity) return;
  pipe->capacity = (pipe->end + size) * 2;
  pipe->bytes = realloc(pipe->bytes, pipe->capacity);
  if (pipe->bytes == NULL) fail("no memory");
}

static int read_pipe(BIO *bio, char *into, int size) {
  Pipe *pipe = ((Pipe **)BIO_get_data(bio))[0];
  BIO_clear_retry_flags(bio);
  size_t left = pipe->end - pipe->start;
  if (left == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  if ((size_t)size < left) left = (size_t)size;
  memcpy(into, pipe->bytes + pipe->start, left);
  pipe->start += left;
  if (pipe->start == pipe->end) pipe->start = pipe->end = 0;
  return (int)left;
}

static int write_pipe(BIO *bio, const char *from, int size) {
  Pipe *pipe = ((Pipe **)BIO_get_data(bio))[1];
  BIO_clear_retry_flags(bio);
  make_room(pipe, (size_t)size);
  memcpy(pipe->bytes + pipe->end, from, (size_t)size);
  pipe->end += (size_t)size;
  return size;
}

static long control_pipe(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH;
}

static BIO *make_bio(Pipe **ends) {
  static BIO_METHOD *method;
  if (method == NULL) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pipe");
    BIO_meth_set_read(method, read_pipe);
    BIO_meth_set_write(method, write_pipe);
    BIO_meth_set_ctrl(method, control_pipe);
  }
  BIO *bio = BIO_new(method);
  BIO_set_data(bio, ends);
  BIO_set_init(bio, 1);
  return bio;
}

static void load_contexts(const char *version, const char *key, const char *suite) {
  char path[4096];
  const int number = strcmp(version, "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
  SSL_CTX_free(client_context);
  SSL_CTX_free(server_context);
  client_context = SSL_CTX_new(TLS_client_method());
  server_context = SSL_CTX_new(TLS_server_method());
  SSL_CTX *both[] = {client_context, server_context};
  for (int side = 0; side < 2; side++) {
    SSL_CTX_set_min_proto_version(both[side], number);
    SSL_CTX_set_max_proto_version(both[side], number);
    SSL_CTX_set_mode(both[side], SSL_MODE_AUTO_RETRY | (release_buffers ? SSL_MODE_RELEASE_BUFFERS : 0));
    if (strcmp(suite, "-") != 0 && SSL_CTX_set_ciphersuites(both[side], suite) != 1) fail("no such suite");
  }
  snprintf(path, sizeof path, "%s/ca.pem", folder);
  if (SSL_CTX_load_verify_locations(client_context, path, NULL) != 1) fail(path);
  SSL_CTX_set_verify(client_context, SSL_VERIFY_PEER, NULL);
  snprintf(path, sizeof path, "%s/%s.pem", folder, key);
  if (SSL_CTX_use_certificate_chain_file(server_context, path) != 1) fail(path);
  snprintf(path, sizeof path, "%s/%s.key", folder, key);
  if (SSL_CTX_use_PrivateKey_file(server_context, path, SSL_FILETYPE_PEM) != 1) fail(path);
}

static void open_pair(Pair *pair, SSL_SESSION *session) {
  pair->client = SSL_new(client_context);
  pair->server = SSL_new(server_context);
  pair->client_ends[0] = pair->server_ends[1] = &pair->to_client;
  pair->client_ends[1] = pair->server_ends[0] = &pair->to_server;
  BIO *bio = make_bio(pair->client_ends);
  SSL_set_bio(pair->client, bio, bio);
  bio = make_bio(pair->server_ends);
  SSL_set_bio(pair->server, bio, bio);
  SSL_set_connect_state(pair->client);
  SSL_set_accept_state(pair->server);
  SSL_set_tlsext_host_name(pair->client, "localhost");
  SSL_set1_host(pair->client, "localhost");
  if (session != NULL) SSL_set_session(pair->client, session);
  int client_done = 0, server_done = 0;
  while (!client_done || !server_done) {
    ERR_clear_error();
    int result = SSL_do_handshake(pair->client);
    client_done = result == 1;
    if (!client_done && SSL_get_error(pair->client, result) != SSL_ERROR_WANT_READ) fail("client's handshake");
    result = SSL_do_handshake(pair->server);
    server_done = result == 1;
    if (!server_done && SSL_get_error(pair->server, result) != SSL_ERROR_WANT_READ) fail("server's handshake");
  }
  char byte; /* the tickets of TLS 1.3 come behind the handshake */
  if (SSL_version(pair->client) == TLS1_3_VERSION && SSL_read(pair->client, &byte, 1) > 0) fail("unexpected data");
  ERR_clear_error();
}

static void close_pair(Pair *pair) {
  SSL_shutdown(pair->client);
  SSL_shutdown(pair->server);
  if (SSL_shutdown(pair->server) != 1 || SSL_shutdown(pair->client) != 1) fail("close_notify");
  SSL_free(pair->client);
  SSL_free(pair->server);
}

static void carry(Pair *pair, int from_server, const unsigned char *chunk, size_t size, unsigned char *plaintext) {
  SSL *from = from_server ? pair->server : pair->client;
  SSL *to = from_server ? pair->client : pair->server;
  if (SSL_write(from, chunk, (int)size) != (int)size) fail("write");
  for (size_t total = 0; total < size;) {
    const int count = SSL_read(to, plaintext + total, (int)(size - total));
    if (count <= 0) fail("read");
    total += (size_t)count;
  }
}

static double cpu_start, wall_start;

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void start_clock(void) {
  wall_start = seconds(CLOCK_MONOTONIC);
  cpu_start = seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void answer_clock(void) {
  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
  printf("%.9f %.9f\n", cpu, seconds(CLOCK_MONOTONIC) - wall_start);
}

/* What one kind of command works on is kept until another kind is asked for. */
static struct {
  char key[256];
  Pair *pairs;
  long count;
  SSL_SESSION *session;
} kept;

/* True where it is kept under that key already; else what was kept is closed, and there is room for COUNT pairs. */
static int keep(const char *key, long count) {
  if (strcmp(kept.key, key) == 0) return 1;
  for (long index = 0; index < kept.count; index++) {
    close_pair(&kept.pairs[index]);
    free(kept.pairs[index].to_server.bytes);
    free(kept.pairs[index].to_client.bytes);
  }
  free(kept.pairs);
  SSL_SESSION_free(kept.session);
  snprintf(kept.key, sizeof kept.key, "%s", key);
  kept.pairs = calloc((size_t)count + 1, sizeof(Pair));
  kept.count = count;
  kept.session = NULL;
  return 0;
}

/* Only the first by a full handshake, or a thousand would take the most of a run. */
static void open_kept(Pair *pair) {
  open_pair(pair, kept.session);
  if (kept.session == NULL) kept.session = SSL_get1_session(pair->client);
}

/* bulk SUITE CHUNK COUNT CONNECTIONS */
static void run_bulk(const char *suite, size_t chunk, long count, long connections) {
  static unsigned char *from, *into;
  if (from == NULL) {
    from = take_memory(1 << 20);
    into = take_memory(1 << 20);
  }
  char key[256];
  snprintf(key, sizeof key, "bulk %s %zu %ld", suite, chunk, connections);
  if (!keep(key, connections)) {
    load_contexts("1.3", "ecdsa", suite);
    for (long index = 0; index < connections; index++) {
      Pair *pair = &kept.pairs[index];
      pair->to_server.capacity = pair->to_client.capacity = connections == 1 ? chunk + chunk / 32 + 8192 : 0;
      if (connections == 1) {
        pair->to_server.bytes = malloc(pair->to_server.capacity);
        pair->to_client.bytes = malloc(pair->to_client.capacity);
      }
      open_kept(pair);
      carry(pair, 0, from, chunk, into);
    }
  }
  start_clock();
  for (long index = 0; index < count; index++) carry(&kept.pairs[index % connections], 0, from, chunk, into);
  answer_clock();
}

/* handshakes VERSION KEY full|resumed COUNT IDLE: IDLE further connections stay open meanwhile */
static void run_handshakes(const char *version, const char *key, int resumed, long count, long idle) {
  Pair pair = {0};
  char name[256];
  snprintf(name, sizeof name, "handshakes %s %s %ld", version, key, idle);
  if (!keep(name, idle)) {
    load_contexts(version, key, "-");
    open_kept(&pair);
    close_pair(&pair);
    for (long index = 0; index < idle; index++) open_kept(&kept.pairs[index]);
  }
  start_clock();
  for (long index = 0; index < count; index++) {
    open_pair(&pair, resumed ? kept.session : NULL);
    if (SSL_session_reused(pair.client) != resumed) fail("the session was not resumed");
    close_pair(&pair);
  }
  answer_clock();
  free(pair.to_client.bytes);
  free(pair.to_server.bytes);
}

static double resident(void) {
  long size = 0, pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld %ld", &size, &pages) != 2) fail("/proc/self/statm");
  fclose(file);
  return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* memory idle|used COUNT: bytes of resident memory for each pair. Ends the process's usefulness for another one. */
static void run_memory(int used, long count) {
  release_buffers = 1;
  load_contexts("1.3", "ecdsa", "-");
  Pair *pairs = calloc((size_t)count, sizeof(Pair));
  unsigned char *from = take_memory(65536), *into = take_memory(65536);
  Pair first = {0};
  open_pair(&first, NULL);
  for (int side = 0; side < 2; side++) carry(&first, side, from, 65536, into);
  const double before = resident();
  for (long index = 0; index < count; index++) {
    Pair *pair = &pairs[index];
    open_pair(pair, NULL);
    for (int side = 0; used && side < 2; side++) carry(pair, side, from, 65536, into);
    /* the transport's own buffers are not the connection's */
    free(pair->to_server.bytes);
    free(pair->to_client.bytes);
    memset(&pair->to_server, 0, sizeof(Pipe));
    memset(&pair->to_client, 0, sizeof(Pipe));
  }
  printf("%.0f\n", (resident() - before) / (double)count);
}

int main(int count, char **arguments) {
  if (count != 2) fail("give the folder with the certificates");
  folder = arguments[1];
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("ready %s\n", OpenSSL_version(OPENSSL_VERSION));
  char line[256], word[3][64];
  long number[2];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "bulk %63s %ld %ld %63s", word[0], &number[0], &number[1], word[1]) == 4) {
      run_bulk(word[0], (size_t)number[0], number[1], atol(word[1]));
    } else if (sscanf(line, "handshakes %63s %63s %63s %ld %ld", word[0], word[1], word[2], &number[0], &number[1]) ==
               5) {
      run_handshakes(word[0], word[1], strcmp(word[2], "resumed") == 0, number[0], number[1]);
    } else if (sscanf(line, "memory %63s %ld", word[0], &number[0]) == 2) {
      run_memory(strcmp(word[0], "used") == 0, number[0]);
    } else {
      fail("unknown command");
    }
  }
  return 0;
}
