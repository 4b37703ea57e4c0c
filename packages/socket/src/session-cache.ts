import type { SSLSession } from '@sslkit/context';
import { outOfRange } from '@sslkit/errors';

const CAPACITY = 100; // as many servers as most programs talk to

/**
 * A client's sessions by server, so that the next connection to it can resume one. For a single context: a session
 * belongs to the context it was made with.
 *
 * A session is given out once. RFC 8446 §C.4: "Clients SHOULD NOT reuse a ticket for multiple connections."
 *
 * @example
 * ```ts
 * const session = cache.take('example.com:443');
 * const connection = await context.wrapSocket(socket, { serverHostname: 'example.com', session });
 * cache.put('example.com:443', await connection.awaitSession());
 * ```
 */
export class SessionCache {
  readonly #capacity: number;
  readonly #sessions = new Map<string, SSLSession[]>();
  #size = 0;

  /**
   * @param capacity - how many sessions are kept; beyond that those of the server that was stored longest ago go first.
   * @throws RangeError `ERR_OUT_OF_RANGE` when it is no positive integer.
   */
  constructor(capacity = CAPACITY) {
    if (!Number.isInteger(capacity) || capacity < 1) throw outOfRange('capacity must be a positive integer');
    this.#capacity = capacity;
  }

  /** How many sessions are kept. */
  get size(): number {
    return this.#size;
  }

  /** Keeps a session for `server`, a name of your own choice such as `host:port`. */
  put(server: string, session: SSLSession): void {
    const sessions = this.#sessions.get(server) ?? [];
    // Behind all others: the order of the map is the order of age.
    this.#sessions.delete(server);
    this.#sessions.set(server, sessions);
    sessions.push(session);
    this.#size++;
    while (this.#size > this.#capacity) this.#dropOldest();
  }

  /** The newest session for `server` that has not expired, which the cache then forgets; null where there is none. */
  take(server: string): SSLSession | null {
    const sessions = this.#sessions.get(server);
    const now = Date.now() / 1000;
    for (let session = sessions?.pop(); session !== undefined; session = sessions?.pop()) {
      this.#size--;
      if (sessions?.length === 0) this.#sessions.delete(server);
      if (session.time + session.timeout > now) return session;
    }
    return null;
  }

  #dropOldest(): void {
    for (const [server, sessions] of this.#sessions) {
      sessions.shift();
      this.#size--;
      if (sessions.length === 0) this.#sessions.delete(server);
      return;
    }
  }
}
