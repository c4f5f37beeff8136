// Writes precache.js, which the service worker pulls in: the files of the terminal's shell and a version that changes
// with any of them.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PUBLIC_PATH, pwaFile } from './project.mjs';

/**
 * @param {string} outdir
 * @param {import('./scripts.mjs').Scripts} scripts
 * @param {import('./styles.mjs').Styles} styles
 * @param {Record<string, string>} copied
 */
export async function writePrecache(outdir, scripts, styles, copied) {
  // Lazy chunks too: after a deployment a page that is still open asks for those of its own version.
  const files = [...scripts.critical, ...scripts.lazy, ...styles.terminal];
  files.push(...Object.values(copied).filter((name) => name.startsWith('icons/')));
  const hash = createHash('sha256');
  for (const name of files) {
    hash.update(`${name}\0`);
    hash.update(await readFile(path.join(outdir, name)));
  }
  // The page around the scripts is rendered by the server; a change in its source is a new version as well.
  const page = await pwaFile('terminal.html');
  if (page) hash.update(await readFile(page));
  const precache = {
    version: hash.digest('hex').slice(0, 12),
    files: files.map((name) => `${PUBLIC_PATH}${name}`),
  };
  await writeFile(path.join(outdir, 'precache.js'), `self.PRECACHE = ${JSON.stringify(precache)};\n`);
}
