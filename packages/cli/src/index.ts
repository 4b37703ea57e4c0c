export { runCommandLine, type Surroundings } from './command-line.ts';
export { ExitCode } from './exit-code.ts';
export type { OutputStream } from './output.ts';
