// The terminal's later parts share modules with its first picture. esbuild makes one chunk for each set of parts that
// share something, and many small files cost more, zipped and asked for, than one. Here every later part that shares
// anything is made to share all of it, so that there is one chunk: the first picture needs it anyway.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PWA } from './project.mjs';

const NAMESPACE = 'shared';

/**
 * @param {import('esbuild').Metafile} metafile of a build without this plugin
 * @param {string} entry as the metafile names it
 * @returns {import('esbuild').Plugin}
 */
export function oneSharedChunk({ inputs }, entry) {
  const first = reach(inputs, entry);
  const parts = [...new Set([...first].flatMap((name) => inputs[name].imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path: to }) => to)))];
  // Parts may have parts of their own.
  for (const part of parts) {
    for (const name of reach(inputs, part)) {
      for (const { kind, path: to } of inputs[name].imports) if (kind === 'dynamic-import' && !parts.includes(to)) parts.push(to);
    }
  }
  const sharing = new Map(parts.map((part) => [part, [...reach(inputs, part)].filter((name) => first.has(name))]));
  const shared = [...new Set([...sharing.values()].flat())].map((name) => path.resolve(PWA, name));
  const sharers = new Set([...sharing].filter(([, names]) => names.length).map(([part]) => path.resolve(PWA, part)));
  return {
    name: 'one-shared-chunk',
    setup(build) {
      build.onResolve({ filter: /^shared:terminal$/ }, ({ path: name }) => ({ path: name, namespace: NAMESPACE, sideEffects: true }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({
        contents: shared.map((file) => `import ${JSON.stringify(file)};`).join('\n'),
        resolveDir: PWA,
      }));
      // Without this a package that says it has no side effects would not count as used.
      build.onResolve({ filter: /^\// }, ({ path: file, namespace }) => (namespace === NAMESPACE ? { path: file, sideEffects: true } : undefined));
      build.onLoad({ filter: /\.js$/ }, async ({ path: file }) => {
        if (!sharers.has(file)) return undefined;
        return { contents: `${await readFile(file, 'utf8')}\nimport 'shared:terminal';\n`, loader: 'js' };
      });
    },
  };
}

/**
 * The modules that come with `entry`.
 * @param {import('esbuild').Metafile['inputs']} inputs
 * @param {string} entry
 */
function reach(inputs, entry) {
  const found = new Set([entry]);
  for (const name of found) {
    for (const { path: to, kind } of inputs[name]?.imports ?? []) if (kind === 'import-statement' && inputs[to]) found.add(to);
  }
  return found;
}
