// Where things lie, for every step of the build.

import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const PWA = path.join(PROJECT, 'pwa');
export const DIST = path.join(PWA, 'dist');

/** The address under which the server gives pwa/dist to browsers (server/static_files.py). */
export const PUBLIC_PATH = '/static/';

/** The State's typeface is for the State's own sites: its terms of use say so. */
export const STATE_SITE = process.env.STATE_SITE === '1';

/** Browsers of 2021, the oldest that a terminal or a citizen is expected to have. */
export const TARGET = ['chrome90', 'edge90', 'firefox91', 'safari14.1', 'ios14.5'];

/**
 * The absolute path of a file under pwa/, or null when there is no such file.
 * @param {string} name relative to pwa/
 */
export async function pwaFile(name) {
  const file = path.join(PWA, name);
  return (await stat(file).catch(() => null))?.isFile() ? file : null;
}

/**
 * All files under a folder, as sorted paths relative to it; none when there is no such folder.
 * @param {string} folder absolute
 * @returns {Promise<string[]>}
 */
export async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}
