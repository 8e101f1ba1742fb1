// Files of a data directory, for tests that search or damage them.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

// Everything below a directory, relative to it, in order; Node 18's own recursion stumbles over sockets.
function entriesOf(directory, prefix = '') {
  return readdirSync(path.join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(prefix, entry.name);
    return entry.isDirectory() ? [{ name, entry }, ...entriesOf(directory, name)] : [{ name, entry }];
  });
}

// Relative paths of all regular files.
export const filesOf = (directory) =>
  entriesOf(directory)
    .filter(({ entry }) => entry.isFile())
    .map(({ name }) => name)
    .sort();
export const directoriesOf = (directory) =>
  entriesOf(directory)
    .filter(({ entry }) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

// What a file is, whatever its number: its name with digits taken out.
export const kindOf = (file) => path.basename(file).replace(/\d+/g, '#');

// Every way a text might stand in a file without being ciphered: raw, hex, base64 in each of its three alignments (the
// characters at the edges, which depend on the neighbours, left off), UTF-16 in both byte orders.
export function disguises(text) {
  const bytes = Buffer.from(text);
  const found = new Map([
    ['raw', bytes],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
  ]);
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const sure = encoded.slice(shift ? 4 : 0, Math.floor((shift + bytes.length) / 3) * 4);
    found.set(`base64+${shift}`, Buffer.from(sure));
    found.set(`base64url+${shift}`, Buffer.from(sure.replaceAll('+', '-').replaceAll('/', '_')));
  }
  const little = Buffer.from(text, 'utf16le');
  found.set('utf16le', little);
  found.set('utf16be', Buffer.from(little).swap16());
  return found;
}

// [marker, disguise, file] of everything found; names of files and folders are searched too.
export function search(directory, markers) {
  const needles = markers.flatMap(([name, text]) => [...disguises(text)].map(([how, bytes]) => [name, how, bytes]));
  const found = [];
  for (const file of filesOf(directory)) {
    const content = readFileSync(path.join(directory, file));
    for (const [name, how, bytes] of needles) if (content.includes(bytes)) found.push(`${name} (${how}) in ${file}`);
  }
  for (const file of [...filesOf(directory), ...directoriesOf(directory)]) {
    for (const [name, how, bytes] of needles) if (Buffer.from(file).includes(bytes)) found.push(`${name} (${how}) in the name ${file}`);
  }
  return found;
}
