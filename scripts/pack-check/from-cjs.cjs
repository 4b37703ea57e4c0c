// A consumer's CommonJS file: require() gives the same module as import, not a second copy.
const assert = require('node:assert/strict');
const ssl = require('@sslkit/socket');
const errors = require('@sslkit/errors');

assert.equal(ssl.SSLError, errors.SSLError);
assert.equal(new ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).verifyMode, ssl.CERT_REQUIRED);
import('@sslkit/socket').then((imported) => {
  assert.equal(imported.SSLContext, ssl.SSLContext);
});
