import { defineConfig } from 'tsup';
import shared from '../../tsup.config.ts';

// Unlike the others, this package is bundled into web pages: kept names are calls at the top level, which no bundler may
// drop, and everything would stay in. The classes here keep their names without.
export default defineConfig({ ...shared, keepNames: false, external: ['@sslkit/x509'] });
