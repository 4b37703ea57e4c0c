import type { FileHandle } from 'node:fs/promises';
import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';

const BLOCK = 65_536; // bytes; four full records

/** Checks the arguments of `sendFile` as Python does. */
export function checkSendFile(file: FileHandle, offset: number, count: number | null): void {
  if (typeof file !== 'object' || file === null || typeof file.read !== 'function') {
    throw invalidArgumentType('file', 'a FileHandle of node:fs/promises', file);
  }
  if (!Number.isInteger(offset)) throw invalidArgumentType('offset', 'an integer', offset);
  if (offset < 0) throw invalidArgumentValue('offset must be at least 0');
  if (count === null) return;
  if (!Number.isInteger(count)) throw invalidArgumentType('count', 'a positive integer or null', count);
  if (count <= 0) throw invalidArgumentValue('count must be a positive integer');
}

/** Reads `file` block by block and hands each to `send`; gives back how many bytes that were. */
export async function sendFileOver(
  file: FileHandle,
  range: { offset: number; count: number | null },
  send: (block: Uint8Array) => Promise<unknown>,
): Promise<number> {
  const block = Buffer.allocUnsafe(BLOCK);
  let sent = 0;
  for (;;) {
    const wanted = range.count === null ? BLOCK : Math.min(BLOCK, range.count - sent);
    if (wanted === 0) return sent;
    const { bytesRead } = await file.read(block, 0, wanted, range.offset + sent);
    if (bytesRead === 0) return sent;
    await send(block.subarray(0, bytesRead));
    sent += bytesRead;
  }
}
