import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, absolute, without a trailing separator. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));
