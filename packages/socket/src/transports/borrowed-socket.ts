import type { Socket } from 'node:net';
import { plainHandleOf } from '../socket-handle.ts';

/** What is used of the object behind a `net.Socket`. */
interface SocketHandle {
  readonly fd: number;
  reading: boolean;
  readStop(): number;
  readStart(): number;
  hasRef?(): boolean;
}

/** Who wants to know what becomes of a borrowed socket. */
export interface BorrowedSocketListener {
  /** Somebody else has destroyed it. */
  onSocketClose(): void;
  onSocketError(error: Error): void;
}

/** Borrows a socket; null where that cannot be: it is none of the system's, not connected, or read by somebody else. */
export function borrowSocket(socket: Socket): BorrowedSocket | null {
  const handle = borrowableHandleOf(socket);
  return handle === null ? null : new BorrowedSocket(socket, handle);
}

/** A `net.Socket` whose descriptor somebody else reads and writes meanwhile: open and silent until it is given back. */
export class BorrowedSocket {
  readonly socket: Socket;
  readonly #handle: SocketHandle;
  #stopListening: (() => void) | null = null;

  /** See {@link borrowSocket}. */
  constructor(socket: Socket, handle: SocketHandle) {
    this.socket = socket;
    this.#handle = handle;
  }

  /** The number of its descriptor. */
  get fd(): number {
    return this.#handle.fd;
  }

  /** False where the process may end although it is open. */
  get isReferenced(): boolean {
    return this.#handle.hasRef?.() !== false;
  }

  /** Stops its own reading, and gives what it has read: those bytes come first. */
  silence(): Uint8Array | null {
    const { socket } = this;
    this.#handle.readStop();
    const chunks: Buffer[] = [];
    while (socket.readableLength > 0) chunks.push(socket.read() as Buffer);
    // Reading made it start again.
    this.#handle.readStop();
    this.#handle.reading = false;
    return chunks.length > 0 ? Buffer.concat(chunks) : null;
  }

  listen(listener: BorrowedSocketListener): void {
    const { socket } = this;
    const onClose = () => listener.onSocketClose();
    const onError = (error: Error) => listener.onSocketError(error);
    socket.on('close', onClose);
    socket.on('error', onError);
    this.#stopListening = () => {
      socket.off('close', onClose);
      socket.off('error', onError);
    };
  }

  ignore(): void {
    this.#stopListening?.();
  }

  /** Its own idle time-out, which knows nothing of what is read and written behind it. */
  refreshTimeout(): void {
    const { timeout } = this.socket;
    if (timeout !== undefined && timeout > 0) this.socket.setTimeout(timeout);
  }

  /** Lets it read again, `held` first. */
  giveBack(held: Uint8Array | null): Socket {
    const { socket } = this;
    if (held !== null) socket.unshift(held);
    // The stream believes that it has been reading all along, and waits for what it asked for.
    this.#handle.reading = true;
    this.#handle.readStart();
    return socket;
  }

  /** Resolves when it is closed. */
  destroy(): Promise<void> {
    const { socket } = this;
    return new Promise((resolve) => {
      if (socket.closed) {
        resolve();
        return;
      }
      socket.once('close', () => resolve());
      socket.destroy();
    });
  }
}

/** The handle of a socket that can be taken over: plain TCP or Unix domain, connected, and read by nobody else. */
function borrowableHandleOf(socket: Socket): SocketHandle | null {
  const handle = plainHandleOf(socket);
  if (handle === null) return null;
  const fd: unknown = Reflect.get(handle, 'fd');
  if (typeof fd !== 'number' || fd < 0) return null;
  if (socket.destroyed || socket.connecting || socket.writableLength > 0 || socket.readableEnded) return null;
  if (socket.readableFlowing === true || socket.listenerCount('readable') > 0) return null;
  if (typeof Reflect.get(handle, 'readStop') !== 'function') return null;
  return handle as SocketHandle;
}
