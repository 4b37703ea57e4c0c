/** The object behind a `net.Socket`; Node documents none of it, so whoever uses a part of it checks for that part. */
export function handleOf(socket: object): object | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  return typeof handle === 'object' ? handle : null;
}

/** That of a plain socket, of TCP or a Unix domain; null for any other, such as one of `node:tls`. */
export function plainHandleOf(socket: object): object | null {
  const handle = handleOf(socket);
  const kind = handle?.constructor.name;
  return kind === 'TCP' || kind === 'Pipe' ? handle : null;
}
