// Bundles the terminal and the citizen's enhancements: ES modules, shared code in chunks, hashed names.

import * as esbuild from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PWA, TARGET, listFiles, pwaFile } from './project.mjs';

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
  const entryPoints = await findEntries();
  if (entryPoints.length === 0) return { assets: {}, critical: [], lazy: [] };
  const { metafile } = await esbuild.build({
    absWorkingDir: PWA,
    entryPoints,
    outdir,
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

  const relative = (/** @type {string} */ file) =>
    path.relative(outdir, path.resolve(PWA, file)).split(path.sep).join('/');
  /** @type {Record<string, string>} */
  const assets = {};
  /** @type {Map<string, {path: string, kind: string}[]>} */
  const imports = new Map();
  for (const [file, output] of Object.entries(metafile.outputs)) {
    imports.set(relative(file), output.imports.map(({ path: to, kind }) => ({ path: relative(to), kind })));
    if (output.entryPoint && entryPoints.includes(output.entryPoint)) assets[output.entryPoint] = relative(file);
  }
  const terminal = assets['terminal.js'];
  const critical = terminal ? reach(imports, [terminal], (kind) => kind === 'import-statement') : [];
  const all = terminal ? reach(imports, [terminal], () => true) : [];
  return { assets, critical, lazy: all.filter((file) => !critical.includes(file)) };
}

/** The terminal, and each citizen's script that says of itself that pages load it. */
async function findEntries() {
  const entries = (await pwaFile('terminal.js')) ? ['terminal.js'] : [];
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
