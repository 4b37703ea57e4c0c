"""CPython's ssl on MemoryBIO: client and server in one process. Answers one line for each line of standard input;
README.md lists the commands. The only argument is the folder with the certificates."""

import gc
import os
import ssl
import sys
import time

FOLDER = sys.argv[1]
SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}


class Pair:
    def __init__(self, contexts, session=None):
        self.client_in, self.client_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.server_in, self.server_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = contexts[0].wrap_bio(self.client_in, self.client_out, server_hostname="localhost", session=session)
        self.server = contexts[1].wrap_bio(self.server_in, self.server_out, server_side=True)
        client_done = server_done = False
        while not (client_done and server_done):
            client_done = client_done or advance(self.client.do_handshake)
            self.server_in.write(self.client_out.read())
            server_done = server_done or advance(self.server.do_handshake)
            self.client_in.write(self.server_out.read())
        if self.client.version() == "TLSv1.3":
            advance(self.client.read)  # the tickets

    def carry(self, from_server, chunk, plaintext):
        size = len(chunk)
        if from_server:
            self.server.write(chunk)
            self.client_in.write(self.server_out.read())
            reader = self.client
        else:
            self.client.write(chunk)
            self.server_in.write(self.client_out.read())
            reader = self.server
        # The length is known, so no read ends with an exception.
        total = reader.read(size, plaintext)
        while total < size:
            total += reader.read(size - total, plaintext[total:])

    def close(self):
        advance(self.client.unwrap)
        self.server_in.write(self.client_out.read())
        self.server.unwrap()
        self.client_in.write(self.server_out.read())
        self.client.unwrap()


def advance(step):
    try:
        step()
        return True
    except ssl.SSLWantReadError:
        return False


def make_contexts(version, key):
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.load_verify_locations(os.path.join(FOLDER, "ca.pem"))
    server.load_cert_chain(os.path.join(FOLDER, key + ".pem"), os.path.join(FOLDER, key + ".key"))
    number = ssl.TLSVersion.TLSv1_2 if version == "1.2" else ssl.TLSVersion.TLSv1_3
    for context in (client, server):
        context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
        context.minimum_version = number
        context.maximum_version = number
    return client, server


def timed(work):
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    cpu = time.process_time() - cpu
    return f"{cpu:.9f} {time.perf_counter() - wall:.9f}"


class Keeper:
    """Keeps what one kind of command works on until another kind is asked for."""

    def __init__(self):
        self.key = self.value = None

    def keep(self, key, make):
        if self.key != key:
            self.value = None
            self.key, self.value = key, make()
        return self.value


KEEPER = Keeper()


def bulk(suite, chunk, count, connections):
    data, plaintext = os.urandom(int(chunk)), memoryview(bytearray(int(chunk)))

    def make():
        contexts = make_contexts("1.3", "ecdsa")
        opened = [Pair(contexts) for _ in range(int(connections))]
        for pair in opened:
            pair.carry(False, data, plaintext)
        return opened

    pairs = KEEPER.keep(("bulk", suite, chunk, connections), make)
    # CPython 3.11 cannot choose suites of TLS 1.3; the certificates' folder has a configuration file for OpenSSL that does.
    if pairs[0].client.cipher()[0] != suite:
        return "unsupported"

    def work():
        for index in range(int(count)):
            pairs[index % len(pairs)].carry(False, data, plaintext)

    return timed(work)


def handshakes(version, key, kind, count, idle):
    def make():
        contexts = make_contexts(version, key)
        kept = [Pair(contexts) for _ in range(int(idle))]
        first = Pair(contexts)
        session = first.client.session
        first.close()
        return contexts, session, kept

    contexts, session, _kept = KEEPER.keep(("handshakes", version, key, idle), make)
    resumed = kind == "resumed"

    def work():
        for _ in range(int(count)):
            pair = Pair(contexts, session if resumed else None)
            if pair.client.session_reused != resumed:
                raise AssertionError("the session was not resumed")
            pair.close()

    return timed(work)


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def memory(kind, count):
    contexts = make_contexts("1.3", "ecdsa")
    data, plaintext = os.urandom(65536), memoryview(bytearray(65536))

    def make():
        pair = Pair(contexts)
        if kind == "used":
            pair.carry(False, data, plaintext)
            pair.carry(True, data, plaintext)
        return pair

    kept = [make()]
    gc.collect()
    before = resident()
    kept.extend(make() for _ in range(int(count)))
    gc.collect()
    return f"{(resident() - before) / int(count):.0f}"


COMMANDS = {"bulk": bulk, "handshakes": handshakes, "memory": memory}

print(f"ready CPython {sys.version.split()[0]}, {ssl.OPENSSL_VERSION}", flush=True)
for line in sys.stdin:
    name, *values = line.split()
    print(COMMANDS[name](*values), flush=True)
