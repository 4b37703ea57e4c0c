// Certificates, keys, PKCS#12 files and CRLs as somebody else may have written them: loadCertChain, loadVerifyLocations.
import { PROTOCOL_TLS, SSLContext } from '../../packages/context/dist/index.js';
import { attempt, must } from '../guarded-call.mjs';
import { mutateBytes } from '../mutate.mjs';

const PASSWORDS = [undefined, null, 'secret', '', Buffer.from('secret'), () => 'secret', 'wrong'];

export const credentials = {
  corpus: 'credentials',
  run({ random, inputs, named }) {
    const context = new SSLContext(PROTOCOL_TLS);
    const input = random.pick(inputs);
    const bytes = boundIterations(mutateInside(random, input, inputs));
    const data = random.oneIn(4) ? bytes.toString('latin1') : bytes;
    const password = random.pick(PASSWORDS);
    switch (random.below(5)) {
      case 0:
        attempt(() => context.loadCertChain({ pfx: bytes, password }));
        break;
      case 1:
        attempt(() => context.loadCertChain({ cert: data, password }));
        break;
      case 2:
        attempt(() => context.loadCertChain({ cert: named['ec-chain.pem'], key: data, password }));
        break;
      case 3:
        attempt(() => context.loadCertChain({ cert: data, key: named['ec-key.der'], password }));
        break;
      default:
        attempt(() => context.loadVerifyLocations({ cadata: data }));
    }
    const stats = context.certStoreStats();
    must(stats.x509Ca <= stats.x509, 'not more CAs than certificates');
    must(context.getCaCerts({ binaryForm: true }).length === stats.x509Ca, 'every CA is listed');
    attempt(() => context.getCaCerts());
    attempt(() => context.wrapBuffers({ serverSide: random.oneIn(2) }).tryHandshake());
  },
};

/** PEM is mostly changed below its armour, where the DER is. */
function mutateInside(random, input, inputs) {
  const text = input.toString('latin1');
  const block = /(-----BEGIN [^-]+-----\n)([A-Za-z0-9+/=\n]+)(-----END)/.exec(text);
  if (block === null || random.oneIn(4)) return mutateBytes(random, input, inputs);
  const der = mutateBytes(random, Buffer.from(block[2], 'base64'));
  const base64 = der.toString('base64').replace(/.{64}/g, '$&\n');
  return Buffer.from(text.replace(block[2], `${base64}\n`), 'latin1');
}

/** INTEGERs of three to nine bytes, such as a count of iterations, are made small: hashing a billion times is no finding. */
function boundIterations(bytes) {
  for (let at = 0; at + 4 < bytes.length; at += 1) {
    const length = bytes[at + 1];
    // Behind the OCTET STRING of a salt, PBKDF2-params (RFC 8018 §A.2) and MacData (RFC 7292 §4) have the iterations.
    if (bytes[at] === 0x02 && length >= 3 && length <= 8) bytes.fill(0, at + 2, Math.min(at + length, bytes.length));
  }
  return bytes;
}
