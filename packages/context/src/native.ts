import { type AddonPlace, packageRoot } from '@sslkit/bio/addon-loader';

/** This package's add-on. */
export const place: AddonPlace = {
  packageName: '@sslkit/context',
  binary: 'sslkit_context.node',
  root: packageRoot(import.meta.url),
};
