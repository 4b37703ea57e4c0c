// A contender: decodes every root certificate of this machine into a dictionary, by the decoder named as argument.
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { decodeCertificate, readPemBundle } from '../packages/x509/dist/index.js';
import { answerCommands, takeTime } from './answering.mjs';

const BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

function readRoots() {
  const bundle = BUNDLES.find((path) => existsSync(path));
  const pem = bundle === undefined ? rootCertificates.join('\n') : readFileSync(bundle, 'latin1');
  return readPemBundle(pem)
    .blocks.filter((block) => block.kind === 'certificate')
    .map((block) => Buffer.from(block.der));
}

// What the dictionary of getpeercert() has. The libraries parse lazily or keep values in their own classes, so each
// field is asked for as text.
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const AUTHORITY_INFORMATION = '1.3.6.1.5.5.7.1.1';
const CRL_DISTRIBUTION_POINTS = '2.5.29.31';

const decoders = {
  sslkit: async () => decodeCertificate,
  'node:crypto': async () => (der) => new X509Certificate(der).toLegacyObject(),
  '@peculiar/x509': async () => {
    await import('reflect-metadata'); // it asks its users for this
    const { X509Certificate: Certificate } = await import('@peculiar/x509');
    return (der) => {
      const certificate = new Certificate(der);
      return {
        subject: certificate.subjectName.toJSON(),
        issuer: certificate.issuerName.toJSON(),
        serialNumber: certificate.serialNumber,
        notBefore: certificate.notBefore.toUTCString(),
        notAfter: certificate.notAfter.toUTCString(),
        subjectAltName: certificate.getExtension(SUBJECT_ALTERNATIVE_NAME)?.names.toJSON(),
        information: certificate.getExtension(AUTHORITY_INFORMATION)?.ocsp.map((name) => name.value),
        crls: certificate.getExtension(CRL_DISTRIBUTION_POINTS)?.distributionPoints,
      };
    };
  },
  pkijs: async () => {
    const { Certificate } = await import('pkijs');
    const list = (name) => name.typesAndValues.map(({ type, value }) => [type, value.valueBlock.value]);
    return (der) => {
      const certificate = Certificate.fromBER(der);
      const find = (oid) => certificate.extensions?.find(({ extnID }) => extnID === oid)?.parsedValue;
      return {
        subject: list(certificate.subject),
        issuer: list(certificate.issuer),
        version: certificate.version + 1,
        serialNumber: Buffer.from(certificate.serialNumber.valueBlock.valueHexView).toString('hex'),
        notBefore: certificate.notBefore.value.toUTCString(),
        notAfter: certificate.notAfter.value.toUTCString(),
        subjectAltName: find(SUBJECT_ALTERNATIVE_NAME)?.altNames.map(({ type, value }) => [type, value]),
        information: find(AUTHORITY_INFORMATION)?.accessDescriptions,
        crls: find(CRL_DISTRIBUTION_POINTS)?.distributionPoints,
      };
    };
  },
};

const name = process.argv[2];
const decode = await decoders[name]();
const roots = readRoots();

/** Answers the time for `count` dictionaries. */
function run(count) {
  const wanted = Number(count);
  return takeTime(() => {
    for (let index = 0; index < wanted; index += 1) decode(roots[index % roots.length]);
  });
}

await answerCommands(`${name}, ${roots.length} roots`, { decode: run });
