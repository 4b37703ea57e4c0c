import { isIP } from 'node:net';
import { checkHost, checkIp, decodeCertificate } from '@sslkit/x509';

/** The name of a certificate by which it is for a host or an address, or null. */
export function findMatchingName(leaf: Uint8Array, serverName: string | null): string | null {
  if (serverName === null) return null;
  const certificate = decodeCertificate(leaf);
  return (isIP(serverName) ? checkIp(certificate, serverName) : checkHost(certificate, serverName)) ?? null;
}
