import { expect, test } from 'vitest';
import { sslkit, sslkitJson } from './support/command.ts';

test('the demo ends with 0 and shows the conversation and three refusals', async () => {
  const run = await sslkit(['demo']);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('server: you said over TLSv1.3: hello');
  expect(run.stdout).toContain('server: you said in plaintext: hello again');
  expect(run.stdout.match(/^\d+\. Refused: /gm)).toHaveLength(3);
});

test('the refusals of the demo are those of real connections', async () => {
  const { json } = await sslkitJson(['demo']);
  expect(json.schema).toBe('sslkit/demo/1');
  expect(json.refusals).toMatchObject([
    { exitCode: 7, code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' },
    { exitCode: 8, code: 'HOSTNAME_MISMATCH' },
    { exitCode: 9, code: 'CERT_HAS_EXPIRED' },
  ]);
});
