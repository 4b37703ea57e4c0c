#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';

// Whoever reads us may stop early, as `head` does: that is no failure, and the exit code is still ours to give.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await runCommandLine(process.argv.slice(2));
