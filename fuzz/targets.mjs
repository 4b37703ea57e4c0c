import { certificates } from './targets/certificates.mjs';
import { credentials } from './targets/credentials.mjs';
import { makeHandshakeTarget } from './targets/handshake.mjs';
import { records } from './targets/records.mjs';
import { sessions } from './targets/sessions.mjs';

/**
 * Every target by the name that the command takes. `corpus` is its folder below fuzz/corpus; `run` does one iteration and
 * throws what must not be.
 */
export const TARGETS = {
  client: makeHandshakeTarget('client'),
  server: makeHandshakeTarget('server'),
  records,
  sessions,
  credentials,
  certificates,
};
