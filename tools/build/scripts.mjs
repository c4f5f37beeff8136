// Bundles the terminal and the citizen's enhancements: ES modules, shared code in chunks, hashed names.

import * as esbuild from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { joinEntry } from './join-entry.mjs';
import { lazyStyles } from './lazy-styles.mjs';
import { oneSharedChunk } from './one-shared-chunk.mjs';
import { PWA, TARGET, listFiles, pwaFile } from './project.mjs';

/** @satisfies {import('esbuild').BuildOptions} */
const OPTIONS = /** @type {const} */ ({
  absWorkingDir: PWA,
  outbase: PWA,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  target: TARGET,
  legalComments: 'none',
  charset: 'utf8',
  entryNames: '[dir]/[name]-[hash]',
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
});

/**
 * @typedef {object} Scripts
 * @property {Record<string, string>} assets logical name → file below the output folder
 * @property {string[]} critical what the terminal loads before it can show anything
 * @property {string[]} lazy what it imports later
 */

/**
 * @param {string} outdir
 * @returns {Promise<Scripts>}
 */
export async function buildScripts(outdir) {
  const terminal = await buildTerminal(outdir);
  const { assets } = await bundle(outdir, await findCitizenEntries());
  return { ...terminal, assets: { ...terminal.assets, ...assets } };
}

/**
 * @param {string} outdir
 * @returns {Promise<Scripts>}
 */
async function buildTerminal(outdir) {
  const name = 'terminal.js';
  if (!(await pwaFile(name))) return { assets: {}, critical: [], lazy: [] };
  const styles = lazyStyles(TARGET);
  const { metafile } = await esbuild.build({ ...OPTIONS, entryPoints: [name], outdir, write: false, plugins: [styles] });
  const { assets, imports, exports } = await bundle(outdir, [name], [styles, oneSharedChunk(metafile, name)]);
  const entry = assets[name];
  const chunks = reach(imports, [entry], (kind) => kind === 'import-statement').filter((file) => file !== entry);
  const lazy = reach(imports, [entry], () => true).filter((file) => file !== entry && !chunks.includes(file));
  await joinEntry(outdir, entry, chunks.map((file) => ({ file, exports: exports.get(file) ?? [] })), lazy);
  return { assets, critical: [entry], lazy };
}

/**
 * @param {string} outdir
 * @param {string[]} entryPoints
 * @param {import('esbuild').Plugin[]} [plugins]
 */
async function bundle(outdir, entryPoints, plugins = []) {
  /** @type {Record<string, string>} */
  const assets = {};
  /** @type {Map<string, {path: string, kind: string}[]>} */
  const imports = new Map();
  /** @type {Map<string, string[]>} */
  const exports = new Map();
  if (entryPoints.length === 0) return { assets, imports, exports };
  const { metafile } = await esbuild.build({ ...OPTIONS, entryPoints, outdir, plugins });
  const relative = (/** @type {string} */ file) =>
    path.relative(outdir, path.resolve(PWA, file)).split(path.sep).join('/');
  for (const [file, output] of Object.entries(metafile.outputs)) {
    imports.set(relative(file), output.imports.map(({ path: to, kind }) => ({ path: relative(to), kind })));
    exports.set(relative(file), output.exports);
    if (output.entryPoint && entryPoints.includes(output.entryPoint)) assets[output.entryPoint] = relative(file);
  }
  return { assets, imports, exports };
}

/** Each citizen's script that says of itself that pages load it. */
async function findCitizenEntries() {
  const entries = [];
  for (const name of await listFiles(path.join(PWA, 'citizen'))) {
    if (!name.endsWith('.js')) continue;
    const [firstLine] = (await readFile(path.join(PWA, 'citizen', name), 'utf8')).split('\n', 1);
    if (firstLine.trim() === '// @entry') entries.push(`citizen/${name}`);
  }
  return entries;
}

/**
 * The outputs that can be reached from `start` through imports of an accepted kind.
 * @param {Map<string, {path: string, kind: string}[]>} imports
 * @param {string[]} start
 * @param {(kind: string) => boolean} accepts
 */
function reach(imports, start, accepts) {
  const found = new Set(start);
  for (const file of found) {
    for (const { path: to, kind } of imports.get(file) ?? []) {
      if (accepts(kind) && imports.has(to)) found.add(to);
    }
  }
  return [...found];
}
