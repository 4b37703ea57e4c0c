import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import type { NativeContext } from '../addon.ts';
import { Options } from '../enums/options.ts';
import { SSLMethod } from '../enums/protocol.ts';
import { TLSVersion } from '../enums/tls-version.ts';

/** The version that a protocol constant stands for, where it stands for one alone. */
const FIXED_VERSIONS = new Map<number, TLSVersion>([
  [SSLMethod.PROTOCOL_TLSv1, TLSVersion.TLSv1],
  [SSLMethod.PROTOCOL_TLSv1_1, TLSVersion.TLSv1_1],
  [SSLMethod.PROTOCOL_TLSv1_2, TLSVersion.TLSv1_2],
]);

/** Holds a context of `PROTOCOL_TLSv1_2` and its like to that version; the others to TLS 1.2 or newer, as Python ≥ 3.10. */
export function limitVersions(context: NativeContext, protocol: number): void {
  const fixed = FIXED_VERSIONS.get(protocol);
  context.setVersion(false, fixed ?? TLSVersion.TLSv1_2);
  if (fixed !== undefined) context.setVersion(true, fixed);
}

/** Implements the getters of `minimumVersion` and `maximumVersion`. */
export function getVersion(context: NativeContext, protocol: number, maximum: boolean): TLSVersion {
  const unbounded = maximum ? TLSVersion.MAXIMUM_SUPPORTED : TLSVersion.MINIMUM_SUPPORTED;
  if (FIXED_VERSIONS.has(protocol)) return unbounded;
  const version = context.getVersion(maximum);
  return version === 0 ? unbounded : version;
}

/** Implements the setters of `minimumVersion` and `maximumVersion`. */
export function setVersion(context: NativeContext, protocol: number, maximum: boolean, version: unknown): void {
  if (typeof version !== 'number' || !Number.isInteger(version)) {
    throw invalidArgumentType('The version', 'a TLSVersion', version);
  }
  if (FIXED_VERSIONS.has(protocol)) {
    throw invalidArgumentValue("The context's protocol doesn't support modification of highest and lowest version.");
  }
  if (TLSVersion[version] === undefined) {
    throw invalidArgumentValue(`Unsupported TLS/SSL version 0x${(version >>> 0).toString(16)}`);
  }
  // As in Python: a bound that the options contradict would be none.
  if (!maximum && version === TLSVersion.SSLv3) context.setOptions(context.getOptions() & ~Options.OP_NO_SSLv3);
  if (!context.setVersion(maximum, toBound(version, maximum))) {
    throw invalidArgumentValue(`Unsupported protocol version 0x${version.toString(16)}`);
  }
}

/** As Python stores the two that are no versions: the far end means the nearest version that is compiled in. */
function toBound(version: TLSVersion, maximum: boolean): number {
  const unbounded = 0; // SSL_CTX_set_min_proto_version(3)
  if (version === TLSVersion.MINIMUM_SUPPORTED) return maximum ? TLSVersion.TLSv1 : unbounded;
  if (version === TLSVersion.MAXIMUM_SUPPORTED) return maximum ? unbounded : TLSVersion.TLSv1_3;
  return version;
}
