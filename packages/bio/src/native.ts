import { type AddonPlace, packageRoot } from './addon-loader.ts';

/** This package's add-on. */
export const place: AddonPlace = {
  packageName: '@sslkit/bio',
  binary: 'sslkit_bio.node',
  root: packageRoot(import.meta.url),
};
