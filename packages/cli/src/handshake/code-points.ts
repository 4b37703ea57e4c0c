import { PROTOCOL_TLS_CLIENT, SSLContext } from '@sslkit/socket';

/** A number in hexadecimal, for code points that have no name here. */
function unnamed(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}

/** RFC 8701: values that mean nothing, sent so that servers learn to ignore what they do not know. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0300, 'SSLv3'],
  [0x0301, 'TLSv1'],
  [0x0302, 'TLSv1.1'],
  [0x0303, 'TLSv1.2'],
  [0x0304, 'TLSv1.3'],
]);

export function nameVersion(value: number): string {
  return VERSIONS.get(value) ?? unnamed(value);
}

/** The TLS Supported Groups registry of IANA, as far as it is in use. */
const GROUPS: ReadonlyMap<number, string> = new Map([
  [0x0017, 'P-256'],
  [0x0018, 'P-384'],
  [0x0019, 'P-521'],
  [0x001a, 'brainpoolP256r1'],
  [0x001b, 'brainpoolP384r1'],
  [0x001c, 'brainpoolP512r1'],
  [0x001d, 'X25519'],
  [0x001e, 'X448'],
  [0x0100, 'ffdhe2048'],
  [0x0101, 'ffdhe3072'],
  [0x0102, 'ffdhe4096'],
  [0x0103, 'ffdhe6144'],
  [0x0104, 'ffdhe8192'],
  [0x0200, 'MLKEM512'],
  [0x0201, 'MLKEM768'],
  [0x0202, 'MLKEM1024'],
  [0x11eb, 'SecP256r1MLKEM768'],
  [0x11ec, 'X25519MLKEM768'],
  [0x11ed, 'SecP384r1MLKEM1024'],
]);

export function nameGroup(value: number): string {
  return GROUPS.get(value) ?? unnamed(value);
}

/** The TLS SignatureScheme registry of IANA, as far as it is in use. */
const SIGNATURES: ReadonlyMap<number, string> = new Map([
  [0x0201, 'rsa_pkcs1_sha1'],
  [0x0202, 'dsa_sha1'],
  [0x0203, 'ecdsa_sha1'],
  [0x0301, 'rsa_pkcs1_sha224'],
  [0x0302, 'dsa_sha224'],
  [0x0303, 'ecdsa_sha224'],
  [0x0401, 'rsa_pkcs1_sha256'],
  [0x0402, 'dsa_sha256'],
  [0x0403, 'ecdsa_secp256r1_sha256'],
  [0x0501, 'rsa_pkcs1_sha384'],
  [0x0502, 'dsa_sha384'],
  [0x0503, 'ecdsa_secp384r1_sha384'],
  [0x0601, 'rsa_pkcs1_sha512'],
  [0x0602, 'dsa_sha512'],
  [0x0603, 'ecdsa_secp521r1_sha512'],
  [0x0804, 'rsa_pss_rsae_sha256'],
  [0x0805, 'rsa_pss_rsae_sha384'],
  [0x0806, 'rsa_pss_rsae_sha512'],
  [0x0807, 'ed25519'],
  [0x0808, 'ed448'],
  [0x0809, 'rsa_pss_pss_sha256'],
  [0x080a, 'rsa_pss_pss_sha384'],
  [0x080b, 'rsa_pss_pss_sha512'],
  [0x0904, 'mldsa44'],
  [0x0905, 'mldsa65'],
  [0x0906, 'mldsa87'],
]);

export function nameSignature(value: number): string {
  return SIGNATURES.get(value) ?? unnamed(value);
}

/** The TLS ExtensionType registry of IANA, as far as it is in use. */
const EXTENSIONS: ReadonlyMap<number, string> = new Map([
  [0, 'server_name'],
  [1, 'max_fragment_length'],
  [5, 'status_request'],
  [10, 'supported_groups'],
  [11, 'ec_point_formats'],
  [13, 'signature_algorithms'],
  [16, 'application_layer_protocol_negotiation'],
  [18, 'signed_certificate_timestamp'],
  [21, 'padding'],
  [22, 'encrypt_then_mac'],
  [23, 'extended_master_secret'],
  [27, 'compress_certificate'],
  [28, 'record_size_limit'],
  [35, 'session_ticket'],
  [41, 'pre_shared_key'],
  [42, 'early_data'],
  [43, 'supported_versions'],
  [44, 'cookie'],
  [45, 'psk_key_exchange_modes'],
  [47, 'certificate_authorities'],
  [49, 'post_handshake_auth'],
  [50, 'signature_algorithms_cert'],
  [51, 'key_share'],
  [0xff01, 'renegotiation_info'],
]);

export function nameExtension(value: number): string {
  return EXTENSIONS.get(value) ?? unnamed(value);
}

/** TLS_FALLBACK_SCSV and TLS_EMPTY_RENEGOTIATION_INFO_SCSV are signals in the place of suites: RFC 7507, RFC 5746. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [0x00ff, 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV'],
  [0x5600, 'TLS_FALLBACK_SCSV'],
]);

let suites: ReadonlyMap<number, string> | undefined;

/** The name of a cipher suite as this OpenSSL has it. */
export function nameSuite(value: number): string {
  suites ??= listSuites();
  return suites.get(value) ?? SIGNALS.get(value) ?? unnamed(value);
}

function listSuites(): ReadonlyMap<number, string> {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  context.setCiphers('ALL:COMPLEMENTOFALL:@SECLEVEL=0');
  return new Map(context.getCiphers().map(({ id, name }) => [id & 0xffff, name]));
}
