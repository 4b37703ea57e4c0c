export type { LoadErrorCode } from './addon-loader.ts';
export { MemoryBIO } from './memory-bio.ts';
