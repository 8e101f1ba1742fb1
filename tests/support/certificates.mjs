// A certificate authority for tests, made with the openssl program in a directory of its own.
//
//   const authority = makeAuthority();
//   const { certificate, key } = authority.issue('first');   // PEM files for localhost and 127.0.0.1, CN=first
//   authority.trust                                          // what a client of node:tls needs to believe them
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from './server.mjs';

export function openssl(words, options = {}) {
  const end = spawnSync('openssl', words, { encoding: 'utf8', ...options });
  if (end.status !== 0) throw new Error(`openssl ${words.join(' ')}: ${end.stdout}${end.stderr}${end.error ?? ''}`);
  return end.stdout;
}

const newKey = (file) => openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file]);

export function makeAuthority() {
  const home = temporaryDirectory('authority');
  const at = (name) => path.join(home, name);
  newKey(at('ca.key'));
  openssl(['req', '-x509', '-new', '-key', at('ca.key'), '-subj', '/CN=Basalt test authority', '-days', '2', '-out', at('ca.crt')]);
  let issued = 0;
  return {
    home,
    file: at('ca.crt'),
    trust: { ca: readFileSync(at('ca.crt'), 'utf8') },
    // `days` 0: ended before anybody can use it.
    issue(name, { days = 2, rsa = false } = {}) {
      const base = at(`${name}-${++issued}`);
      const files = { certificate: `${base}.crt`, key: `${base}.key` };
      if (rsa) openssl(['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', files.key]);
      else newKey(files.key);
      writeFileSync(`${base}.ext`, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
      openssl(['req', '-new', '-key', files.key, '-subj', `/CN=${name}`, '-out', `${base}.csr`]);
      openssl(
        ['x509', '-req', '-in', `${base}.csr`, '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'].concat([
          '-days',
          String(days),
          '-extfile',
          `${base}.ext`,
          '-out',
          files.certificate,
        ]),
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      return files;
    },
  };
}
