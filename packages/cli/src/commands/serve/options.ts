import type { Socket } from 'node:net';
import type { SSLSocket } from '@sslkit/socket';
import type { ConnectionSettings } from '../../client/settings.ts';

/** The options of `sslkit serve`. */
export interface ServeOptions extends Omit<ConnectionSettings, 'cert' | 'key'> {
  readonly port: number;
  readonly host: string;
  readonly cert?: readonly string[];
  readonly key?: readonly string[];
  readonly caOut?: string;
  readonly echo?: boolean;
  readonly root?: string;
  readonly to?: string;
  readonly clientCa?: string;
  readonly clientOptional?: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** What is done with a connection. */
export type Service = (connection: SSLSocket<Socket>) => Promise<void>;
