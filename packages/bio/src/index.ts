export { MemoryBIO } from './memory-bio.ts';
export type { LoadErrorCode } from './native.ts';
