import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { authorityFile } from '../peer-process.ts';
import {
  commandObstacle,
  type Daemon,
  makeFolder,
  type ServerOptions,
  startDaemon,
  writeCredentials,
  writeFor,
} from './daemon.ts';

/** Why nginx cannot be started here, or null where it can. */
export const nginxObstacle: string | null = commandObstacle('nginx', '-v');

/** How nginx is started. */
export interface NginxOptions extends Pick<ServerOptions, 'certificate'> {
  /** Further directives of its one server. */
  directives?: string | undefined;
}

/** What nginx knows of a request, as it answers at `/`. */
export interface NginxReport {
  protocol: string;
  reused: boolean;
  http: string;
  verified: string;
  subject: string;
  name: string;
}

/** An nginx, and the bytes that it serves at `/file`. */
export type Nginx = Daemon & { file: Buffer };

const FILE_SIZE = 3_000_003; // bytes; many records, and not a whole number of them
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
const REPORT =
  '{"protocol":"$ssl_protocol","reused":"$ssl_session_reused","http":"$server_protocol",' +
  '"verified":"$ssl_client_verify","subject":"$ssl_client_s_dn","name":"$ssl_server_name"}';

/** Starts an nginx that reports its view of the connection at `/` and serves a file at `/file`. */
export async function startNginx(options: NginxOptions = {}): Promise<Nginx> {
  const authority = await authorityFile();
  const folder = makeFolder();
  const { cert, key } = await writeCredentials(undefined, folder, options.certificate);
  const file = randomBytes(FILE_SIZE);
  writeFor(undefined, folder, 'file', file);
  const daemon = await startDaemon((port) => {
    const configuration = `
      daemon off;
      master_process off;
      pid ${join(folder, 'pid')};
      error_log stderr notice;
      events {}
      http {
        access_log off;
        client_max_body_size 0;
        ssl_protocols TLSv1.2 TLSv1.3;
        proxy_ssl_protocols TLSv1.2 TLSv1.3;
        ${TEMPORARY.map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join(' ')}
        server {
          listen 127.0.0.1:${port} ssl http2;
          ssl_certificate ${cert};
          ssl_certificate_key ${key};
          ssl_client_certificate ${authority};
          ssl_verify_client optional_no_ca;
          location = / { default_type application/json; return 200 '${REPORT}'; }
          location = /file { root ${folder}; }
          ${options.directives ?? ''}
        }
      }`;
    return {
      command: 'nginx',
      args: ['-p', folder, '-e', 'stderr', '-c', writeFor(undefined, folder, 'nginx.conf', configuration)],
      ready: /notice.* nginx\//,
      stopSignal: 'SIGKILL', // one process: nothing is left behind
    };
  });
  return { ...daemon, file };
}

/** Reads what nginx answers at `/`. */
export function parseReport(answer: string): NginxReport {
  const { reused, ...report } = JSON.parse(answer);
  return { ...report, reused: reused === 'r' };
}
