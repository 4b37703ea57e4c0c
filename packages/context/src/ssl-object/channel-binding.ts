import { type Bytes, invalidArgumentType, invalidArgumentValue, outOfRange, SSLError, viewBytes } from '@sslkit/errors';
import type { NativeObject } from '../addon.ts';
import { configurationError } from '../openssl-error.ts';

/** The kinds that `getChannelBinding` knows. Python: `ssl.CHANNEL_BINDING_TYPES`, which has the first alone. */
export const CHANNEL_BINDING_TYPES: string[] = ['tls-unique', 'tls-server-end-point', 'tls-exporter'];

/** What `getChannelBinding` takes beside the kind. */
export interface ChannelBindingOptions {
  /**
   * Gives `tls-unique` on TLS 1.3 too, as Python does, although no standard says what it means there. Default: false.
   */
  allowTLSv1_3?: boolean | undefined;
}

const EXPORTER_LABEL = 'EXPORTER-Channel-Binding'; // RFC 9266 §2
const EXPORTER_LENGTH = 32; // RFC 9266 §2
const LARGEST_EXPORT = 2 ** 16; // far beyond what any protocol asks for; 255 hash lengths is TLS 1.3's own bound

/** Implements `SSLObject.getChannelBinding`. */
export function getChannelBinding(
  native: NativeObject,
  serverSide: boolean,
  type: string,
  options: ChannelBindingOptions,
): Buffer | null {
  switch (type) {
    case 'tls-unique':
      return getUnique(native, serverSide, options.allowTLSv1_3 === true);
    case 'tls-server-end-point':
      // RFC 5929 §4: the server's certificate, whoever asks.
      return native.isHandshakeDone() ? native.endPointHash(serverSide) : null;
    case 'tls-exporter':
      return getExporter(native);
    default:
      throw invalidArgumentValue(`'${type}' channel binding type not implemented`);
  }
}

function getUnique(native: NativeObject, serverSide: boolean, allowed: boolean): Buffer | null {
  // RFC 9266 §1: tls-unique has no definition for TLS 1.3; tls-exporter takes its place.
  if (native.version() === 'TLSv1.3' && !allowed) {
    throw new SSLError("'tls-unique' is not defined for TLS 1.3 (RFC 9266): use 'tls-exporter'", {
      code: 'ERR_SSL_CHANNEL_BINDING_UNDEFINED',
    });
  }
  // RFC 5929 §3.1: "the first TLS Finished message sent": the client's in a full handshake, the server's in a resumed one.
  const ours = native.sessionReused() !== !serverSide;
  return native.finished(!ours);
}

function getExporter(native: NativeObject): Buffer | null {
  if (!native.isHandshakeDone()) return null;
  // RFC 9266 §3: before TLS 1.3, exported material is only unique to the connection with this extension.
  if (!native.hasExtendedMasterSecret()) {
    throw new SSLError("'tls-exporter' needs the extended master secret (RFC 7627), which was not negotiated", {
      code: 'ERR_SSL_CHANNEL_BINDING_UNDEFINED',
    });
  }
  return exportKeyingMaterial(native, EXPORTER_LENGTH, EXPORTER_LABEL, new Uint8Array(0));
}

/** Implements `SSLObject.exportKeyingMaterial`. */
export function exportKeyingMaterial(
  native: NativeObject,
  length: number,
  label: string,
  context: Bytes | null | undefined,
): Buffer {
  if (!Number.isInteger(length)) throw invalidArgumentType('The length', 'an integer', length);
  if (length < 1 || length > LARGEST_EXPORT) throw outOfRange(`The length must be 1 to ${LARGEST_EXPORT} bytes`);
  if (typeof label !== 'string') throw invalidArgumentType('The label', 'a string', label);
  const view = context === null || context === undefined ? null : viewBytes('The context', context);
  if (!native.isHandshakeDone()) throw invalidArgumentValue('handshake not done yet');
  const material = Buffer.alloc(length);
  const failure = native.exportKeyingMaterial(material, label, view);
  if (failure !== undefined && typeof failure !== 'number') throw configurationError(failure);
  return material;
}
