// Copies what no bundler touches: icons under hashed names, the manifest with the icons' new addresses, and the
// service workers, whose addresses must never change.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PUBLIC_PATH, PWA, listFiles, pwaFile } from './project.mjs';

/**
 * @param {string} outdir
 * @returns {Promise<Record<string, string>>} logical name → file below `outdir`
 */
export async function copyStatic(outdir) {
  /** @type {Record<string, string>} */
  const copied = {};
  const write = async (/** @type {string} */ name, /** @type {string} */ target, /** @type {Buffer | string} */ content) => {
    await mkdir(path.dirname(path.join(outdir, target)), { recursive: true });
    await writeFile(path.join(outdir, target), content);
    copied[name] = target;
  };

  for (const icon of await listFiles(path.join(PWA, 'icons'))) {
    const content = await readFile(path.join(PWA, 'icons', icon));
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
    const { dir, name, ext } = path.posix.parse(`icons/${icon}`);
    await write(`icons/${icon}`, `${dir}/${name}-${hash}${ext}`, content);
  }
  const manifest = await pwaFile('manifest.webmanifest');
  if (manifest) {
    const resolved = JSON.parse(await readFile(manifest, 'utf8'), (key, value) => {
      if (key !== 'src') return value;
      if (!copied[value]) throw new Error(`manifest.webmanifest: there is no pwa/${value}`);
      return `${PUBLIC_PATH}${copied[value]}`;
    });
    await write('manifest.webmanifest', 'manifest.webmanifest', JSON.stringify(resolved));
  }
  for (const name of ['service-worker.js', 'citizen/follow-worker.js']) {
    const worker = await pwaFile(name);
    if (worker) await write(name, path.posix.basename(name), await readFile(worker));
  }
  return copied;
}
