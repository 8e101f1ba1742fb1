// Where things stand: the repository, the program under test and what kind of build it is.
// BASALT names another program than build/release/basalt; BASALT_SANITIZED=1 says it carries sanitizers.
import path from 'node:path';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const program = process.env.BASALT ?? path.join(repository, 'build/release/basalt');
export const sanitized = process.env.BASALT_SANITIZED === '1';

// A sanitized program is several times slower and larger; bounds in tests are stretched by this.
export const slowness = sanitized ? 5 : 1;

export function requireProgram() {
  if (!existsSync(program)) throw new Error(`no program at ${program}; run script/build, or name one in BASALT`);
}
