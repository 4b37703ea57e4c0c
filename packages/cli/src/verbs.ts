import type { DefineVerb } from './verb.ts';

/** A verb of the command. */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** Loads what defines its options: only for the verb that is used. */
  readonly load: () => Promise<DefineVerb>;
}

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [
  {
    name: 'connect',
    summary: 'connect to a TLS server, verify it, and say what happened',
    load: async () => (await import('./commands/connect.ts')).defineConnect,
  },
  {
    name: 'explain',
    summary: 'draw a handshake message by message, and say why it came out as it did',
    load: async () => (await import('./commands/explain.ts')).defineExplain,
  },
  {
    name: 'serve',
    summary: 'a TLS server for trying things: status page, files, echo, forwarding',
    load: async () => (await import('./commands/serve.ts')).defineServe,
  },
  {
    name: 'tunnel',
    summary: 'let a program without TLS reach a server with it',
    load: async () => (await import('./commands/tunnel.ts')).defineTunnel,
  },
  {
    name: 'inspect',
    summary: 'say what is in a file of certificates, keys, requests, lists, or what a server shows',
    load: async () => (await import('./commands/inspect.ts')).defineInspect,
  },
  {
    name: 'verify',
    summary: 'verify a chain, and say everything that is wrong with it',
    load: async () => (await import('./commands/verify.ts')).defineVerify,
  },
  {
    name: 'watch',
    summary: 'look at the certificates of many servers: expiry and change',
    load: async () => (await import('./commands/watch.ts')).defineWatch,
  },
  {
    name: 'create',
    summary: 'make certificates, authorities, keys, requests and revocation lists',
    load: async () => (await import('./commands/create.ts')).defineCreate,
  },
  {
    name: 'convert',
    summary: 'turn PEM, DER and PKCS#12 into each other',
    load: async () => (await import('./commands/convert.ts')).defineConvert,
  },
  {
    name: 'match',
    summary: 'say whether a certificate is for a name',
    load: async () => (await import('./commands/match.ts')).defineMatch,
  },
  {
    name: 'ciphers',
    summary: 'list cipher suites',
    load: async () => (await import('./commands/ciphers.ts')).defineCiphers,
  },
  {
    name: 'paths',
    summary: 'say where certificates to trust are looked for, and what is there',
    load: async () => (await import('./commands/paths.ts')).definePaths,
  },
  {
    name: 'random',
    summary: 'write strong random bytes',
    load: async () => (await import('./commands/random.ts')).defineRandom,
  },
  {
    name: 'doctor',
    summary: 'say which Node and OpenSSL this is, what works, and what is trusted',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    name: 'completion',
    summary: 'write a script that completes verbs and options in a shell',
    load: async () => (await import('./commands/completion.ts')).defineCompletion,
  },
  {
    name: 'demo',
    summary: 'show what this can do, without a network',
    load: async () => (await import('./commands/demo.ts')).defineDemo,
  },
];

/** Finds a verb by its name. */
export function findVerb(name: string): Verb | undefined {
  return verbs.find((verb) => verb.name === name);
}
