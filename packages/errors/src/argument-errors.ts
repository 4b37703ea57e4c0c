/** An error of JavaScript's own classes with a stable `code` in Node's manner. */
export interface CodedError extends Error {
  readonly code: string;
}

/** The codes of errors that are not {@link SSLError}: wrong arguments, wrong moment, missing features. */
export type ArgumentErrorCode =
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_INVALID_ARG_VALUE'
  | 'ERR_OUT_OF_RANGE'
  | 'ERR_MISSING_ARGS'
  | 'ERR_METHOD_NOT_IMPLEMENTED'
  | 'ERR_FEATURE_UNAVAILABLE'
  | 'ERR_ILLEGAL_CONSTRUCTOR'
  | 'ERR_INVALID_STATE';

function withCode<E extends Error>(error: E, code: ArgumentErrorCode): E & CodedError {
  // As Node's own errors print: `TypeError [ERR_INVALID_ARG_TYPE]: …` in the stack, the plain class in `name`.
  const coded = Object.defineProperty(error, 'code', {
    value: code,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return coded as E & CodedError;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') return `an instance of ${value.constructor?.name || 'Object'}`;
  // The value itself may be a secret (a password, a key): the type is enough to find the mistake.
  return `type ${typeof value}`;
}

/**
 * Makes the `TypeError` for an argument of the wrong type; `code` is `ERR_INVALID_ARG_TYPE`. The value is never printed.
 *
 * @param expected - what was expected, such as `a Uint8Array`.
 */
export function invalidArgumentType(name: string, expected: string, value: unknown): TypeError & CodedError {
  return withCode(new TypeError(`${name} must be ${expected}, got ${describe(value)}`), 'ERR_INVALID_ARG_TYPE');
}

/** Makes the error for what Python calls a `ValueError`: a `RangeError` with `ERR_INVALID_ARG_VALUE`. */
export function invalidArgumentValue(message: string): RangeError & CodedError {
  return withCode(new RangeError(message), 'ERR_INVALID_ARG_VALUE');
}

/** Makes the error for what Python calls an `OverflowError`: a `RangeError` with `ERR_OUT_OF_RANGE`. */
export function outOfRange(message: string): RangeError & CodedError {
  return withCode(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

/** Makes the `TypeError` for arguments that are missing; `code` is `ERR_MISSING_ARGS`. */
export function missingArguments(message: string): TypeError & CodedError {
  return withCode(new TypeError(message), 'ERR_MISSING_ARGS');
}

/** Makes the error for what Python calls a `NotImplementedError`: an `Error` with `ERR_METHOD_NOT_IMPLEMENTED`. */
export function notImplemented(message: string): Error & CodedError {
  return withCode(new Error(message), 'ERR_METHOD_NOT_IMPLEMENTED');
}

/** Makes the error for a function that the OpenSSL in use does not have; `code` is `ERR_FEATURE_UNAVAILABLE`. */
export function featureUnavailable(message: string): Error & CodedError {
  return withCode(new Error(message), 'ERR_FEATURE_UNAVAILABLE');
}

/** Makes the `TypeError` for `new` on a class that only its factory may make; `code` is `ERR_ILLEGAL_CONSTRUCTOR`. */
export function illegalConstructor(message: string): TypeError & CodedError {
  return withCode(new TypeError(message), 'ERR_ILLEGAL_CONSTRUCTOR');
}

/** Makes the error for a call at the wrong moment, such as after `close`; `code` is `ERR_INVALID_STATE`. */
export function invalidState(message: string): Error & CodedError {
  return withCode(new Error(message), 'ERR_INVALID_STATE');
}
