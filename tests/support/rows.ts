import { SSLError } from '@sslkit/errors';
import { describe, expect, test } from 'vitest';

/** What a call throws: its class and the fields that matter. */
export class Failure {
  readonly errorClass: new (
    message: string,
  ) => Error;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(errorClass: new (message: string) => Error, fields: Readonly<Record<string, unknown>>) {
    this.errorClass = errorClass;
    this.fields = fields;
  }
}

/** What Python calls a `ValueError`. */
export const VALUE_ERROR = new Failure(RangeError, { code: 'ERR_INVALID_ARG_VALUE' });
/** What Python calls a `TypeError` about a value of the wrong type. */
export const TYPE_ERROR = new Failure(TypeError, { code: 'ERR_INVALID_ARG_TYPE' });
/** What Python calls a `TypeError` about a missing argument. */
export const MISSING_ARGUMENT = new Failure(TypeError, { code: 'ERR_MISSING_ARGS' });
/** What Python calls an `OverflowError`. */
export const OVERFLOW_ERROR = new Failure(RangeError, { code: 'ERR_OUT_OF_RANGE' });
/** What Python calls a `NotImplementedError`. */
export const NOT_IMPLEMENTED = new Failure(Error, { code: 'ERR_METHOD_NOT_IMPLEMENTED' });
/** A function that the OpenSSL in use does not have; `NotImplementedError` in Python. */
export const UNAVAILABLE = new Failure(Error, { code: 'ERR_FEATURE_UNAVAILABLE' });

/** An `SSLError` with this code, and further fields. */
export function sslError(code: string, fields: Readonly<Record<string, unknown>> = {}): Failure {
  return new Failure(SSLError, { code, ...fields });
}

/** Python's name of a thing and what is claimed of it; a call; its value, or the {@link Failure} it ends in. */
export type Row = readonly [claim: string, call: () => unknown, expected: unknown];

/** Makes a test of each row. A call may give a promise. Values are compared with `toEqual`. */
export function checkRows(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [claim, call, expected] of rows) {
      test(claim, async () => {
        if (!(expected instanceof Failure)) {
          expect(await call()).toEqual(expected);
          return;
        }
        const error = await catchError(call);
        expect(error).toBeInstanceOf(expected.errorClass);
        expect(error).toMatchObject(expected.fields);
      });
    }
  });
}

/** Gives back what a call throws. */
export async function catchError(call: () => unknown): Promise<unknown> {
  let value: unknown;
  try {
    value = await call();
  } catch (error) {
    return error;
  }
  throw new Error(`Nothing was thrown, the value is ${String(value)}`);
}

/** Runs a call that has no value, for rows that claim that it is accepted. */
export function accepted(call: () => unknown): () => boolean {
  return () => {
    call();
    return true;
  };
}

/** Assigns an attribute, of whatever type the value is. */
export function assign(object: object, name: string, value: unknown): void {
  // Not Reflect.set, which only says whether it worked.
  (object as Record<string, unknown>)[name] = value;
}
