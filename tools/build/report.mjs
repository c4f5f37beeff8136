// Says what each file weighs, plain and over the wire.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { listFiles } from './project.mjs';

/**
 * @param {string} folder
 * @param {import('./scripts.mjs').Scripts} scripts
 */
export async function report(folder, scripts) {
  const size = async (/** @type {string} */ name) => (await stat(path.join(folder, name)).catch(() => null))?.size;
  const wire = async (/** @type {string} */ name) => (await size(`${name}.gz`)) ?? (await size(name)) ?? 0;
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1).padStart(8)} kB`;
  const row = (/** @type {string} */ name, /** @type {string} */ plain, /** @type {string} */ gzipped) =>
    console.log(`  ${name.padEnd(44)} ${plain.padStart(11)} ${gzipped.padStart(11)}`);

  row('pwa/dist', 'plain', 'gzipped');
  let media = 0;
  let mediaBytes = 0;
  for (const name of await listFiles(folder)) {
    if (/\.(gz|br)$/.test(name) || name === 'assets.json') continue;
    if (/^(media|icons)\//.test(name)) {
      media += 1;
      mediaBytes += (await size(name)) ?? 0;
    } else {
      row(name, kilobytes((await size(name)) ?? 0), kilobytes(await wire(name)));
    }
  }
  row(`${media} images and fonts`, kilobytes(mediaBytes), '');
  const sheets = (await listFiles(folder)).filter((name) => /^styles\/terminal-.*\.css$/.test(name));
  const sum = async (/** @type {string[]} */ names) =>
    (await Promise.all(names.map(wire))).reduce((total, bytes) => total + bytes, 0);
  row('the terminal, before it shows anything', '', kilobytes(await sum([...scripts.critical, ...sheets])));
  row('the terminal, later', '', kilobytes(await sum(scripts.lazy)));
}
