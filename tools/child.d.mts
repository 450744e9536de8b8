import type { ChildProcess, SpawnOptions } from 'node:child_process';
export function become(command: string, argv: string[], options: SpawnOptions): ChildProcess;
