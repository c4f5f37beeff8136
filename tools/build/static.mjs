// Copies what keeps its name: icons and the manifest, which refer to each other by name, and the service worker,
// whose address must never change.

import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PWA, listFiles, pwaFile } from './project.mjs';

/**
 * @param {string} outdir
 * @returns {Promise<Record<string, string>>} logical name → file below `outdir`
 */
export async function copyStatic(outdir) {
  const icons = (await listFiles(path.join(PWA, 'icons'))).map((name) => `icons/${name}`);
  /** @type {Record<string, string>} */
  const copied = {};
  for (const name of [...icons, 'manifest.webmanifest', 'service-worker.js']) {
    const source = await pwaFile(name);
    if (!source) continue;
    const target = path.join(outdir, name);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(source, target);
    copied[name] = name;
  }
  return copied;
}
