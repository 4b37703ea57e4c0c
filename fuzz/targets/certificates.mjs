// The decoders of @sslkit/x509, which are TypeScript alone: nothing but their own error, and soon.
import {
  Certificate,
  CertificateDecodeError,
  decodeCertificate,
  decodeCrl,
  decodePem,
  lint,
  matchHostname,
} from '../../packages/x509/dist/index.js';
import { attempt, must } from '../guarded-call.mjs';
import { mutateBytes } from '../mutate.mjs';

export const certificates = {
  corpus: 'certificates',
  run({ random, inputs }) {
    const bytes = mutateBytes(random, random.pick(inputs), inputs);
    const dictionary = decode(() => decodeCertificate(bytes));
    if (dictionary !== undefined) {
      must(JSON.stringify(dictionary).length > 0, 'a dictionary can be written');
      attempt(() => matchHostname(dictionary, 'www.example.com'));
    }
    decode(() => decodeCrl(bytes));
    decode(() => decodePem(bytes.toString('latin1')));
    const certificate = decode(() => new Certificate(bytes));
    if (certificate === undefined) return;
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(Certificate.prototype))) {
      if (name !== 'constructor') attempt(() => certificate[name]);
    }
    decode(() => lint(certificate, random.pick(['webpki', 'internal'])));
  },
};

function decode(call) {
  const result = attempt(() => {
    try {
      return { value: call() };
    } catch (error) {
      must(
        error instanceof CertificateDecodeError || error instanceof RangeError,
        `the error is the decoder's: ${error.stack}`,
      );
      return undefined;
    }
  });
  return result?.value;
}
