export { derCertToPemCert, encodePem, PEM_FOOTER, PEM_HEADER, pemCertToDerCert } from './pem.ts';
