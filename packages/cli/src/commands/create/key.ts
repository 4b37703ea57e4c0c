import { encodePem, encryptPrivateKey, type KeyType } from '@sslkit/x509';
import { inputError, usageError } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { recognize } from '../../material/material.ts';
import { openPrivateKey } from '../../material/private-key.ts';
import { type PasswordOptions, readPassword } from '../../password.ts';

const KEY_TYPES: readonly KeyType[] = ['P-256', 'P-384', 'P-521', 'Ed25519', 'RSA-2048', 'RSA-3072', 'RSA-4096'];

/** Where the key of something new comes from: a file, or a kind to generate. */
export function readKeyOptions(options: PasswordOptions & { key?: string; keyType?: string }): {
  privateKey?: Uint8Array;
  keyType?: KeyType;
} {
  if (options.key !== undefined) {
    if (options.keyType !== undefined) throw usageError('--key-type is for a new key, --key for one that exists');
    return { privateKey: readPrivateKey(options.key, options) };
  }
  if (options.keyType === undefined) return {};
  const wanted = options.keyType.toLowerCase();
  const keyType = KEY_TYPES.find((type) => type.toLowerCase() === wanted);
  if (keyType === undefined) throw usageError(`--key-type: '${options.keyType}' is not one of ${KEY_TYPES.join(', ')}`);
  return { keyType };
}

/**
 * Reads the private key of a file, opened, as PKCS#8.
 *
 * @throws Failure with the exit code for input.
 */
export function readPrivateKey(path: string, options: PasswordOptions): Uint8Array {
  const name = describeInput(path);
  const item = recognize(readInputFile(path), name).items.find(({ kind }) => kind === 'privateKey');
  if (item === undefined) throw inputError(`${name} holds no private key`);
  const key = openPrivateKey(item, item.encrypted ? readPassword(options) : undefined, name);
  return key.export({ type: 'pkcs8', format: 'der' });
}

/** A private key as PEM, encrypted where a file with a password is named. */
export async function encryptKey(privateKey: Uint8Array, passwordFile: string | undefined): Promise<string> {
  if (passwordFile === undefined) return encodePem('PRIVATE KEY', privateKey);
  const password = readPassword({ passwordFile }) ?? '';
  if (password === '')
    throw inputError(`${describeInput(passwordFile)} begins with an empty line: a password is needed`);
  return (await encryptPrivateKey(privateKey, password)).privateKeyPem;
}
