// Copies what no bundler touches: icons under hashed names, the manifest with the icons' new addresses, and the
// service workers, whose addresses must never change.

import * as esbuild from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PUBLIC_PATH, PWA, listFiles, pwaFile } from './project.mjs';

/** The scripts of each service worker, in the order in which they are joined; without the main one there is none. */
const WORKERS = {
  terminal: ['worker/scope.js', 'worker/outbox.js', 'worker/notices.js', 'worker/told.js', 'worker/push.js', 'service-worker.js'],
  follow: ['citizen/follow-worker.js', 'citizen/follow-notices.js'],
};

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
  const terminalWorker = await joinWorker('service-worker.js', WORKERS.terminal);
  if (terminalWorker) await write('service-worker.js', 'service-worker.js', terminalWorker);
  const followWorker = await joinWorker('citizen/follow-worker.js', WORKERS.follow);
  if (followWorker) await write('citizen/follow-worker.js', 'follow-worker.js', followWorker);
  return copied;
}

/**
 * One classic script of the hand-written ones, without their comments and long names; nothing else is done to it.
 * @param {string} main
 * @param {string[]} names
 * @returns {Promise<string | null>} null: there is no service worker yet
 */
async function joinWorker(main, names) {
  if (!(await pwaFile(main))) return null;
  const files = (await Promise.all(names.map(pwaFile))).filter((file) => file !== null);
  const scripts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const { code } = await esbuild.transform(scripts.join('\n'), {
    format: 'iife', minify: true, target: 'es2020', charset: 'utf8', legalComments: 'none',
  });
  return code;
}
