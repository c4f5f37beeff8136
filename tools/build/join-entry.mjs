// Puts the chunks that the terminal shares with its later parts into the terminal's own file: one request before the
// first picture, and one archive instead of several. The later parts then import from the terminal's file, under names
// that tell the chunks apart, since each chunk calls its first export `a`.

import * as esbuild from 'esbuild';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TARGET } from './project.mjs';

/**
 * @param {string} outdir
 * @param {string} entry the terminal's file, below `outdir`
 * @param {{file: string, exports: string[]}[]} chunks that the entry imports, below `outdir`
 * @param {string[]} others all other scripts, below `outdir`
 */
export async function joinEntry(outdir, entry, chunks, others) {
  const specifier = (/** @type {string} */ from, /** @type {string} */ to) => {
    const relative = path.posix.relative(path.posix.dirname(from), to);
    return relative.startsWith('.') ? relative : `./${relative}`;
  };
  const lines = chunks.map(({ file, exports }, index) =>
    `export {${exports.map((name) => `${name} as ${alias(name, index)}`).join()}} from ${JSON.stringify(`./${file}`)};`);
  const source = [...lines, `export * from ${JSON.stringify(`./${entry}`)};`].join('\n');
  const { outputFiles } = await esbuild.build({
    stdin: { contents: source, resolveDir: outdir, sourcefile: 'entry.js' },
    absWorkingDir: outdir,
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    target: TARGET,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    plugins: [{
      name: 'later-parts-stay-outside',
      setup(build) {
        build.onResolve({ filter: /^\./ }, ({ kind, path: to, resolveDir }) => {
          if (kind !== 'dynamic-import') return undefined;
          return { path: specifier(entry, path.relative(outdir, path.resolve(resolveDir, to)).split(path.sep).join('/')), external: true };
        });
      },
    }],
  });
  await writeFile(path.join(outdir, entry), outputFiles[0].contents);
  for (const name of others) {
    let code = await readFile(path.join(outdir, name), 'utf8');
    chunks.forEach(({ file }, index) => {
      code = redirect(code, JSON.stringify(specifier(name, file)), JSON.stringify(specifier(name, entry)), index);
    });
    await writeFile(path.join(outdir, name), code);
  }
  await Promise.all(chunks.map(({ file }) => rm(path.join(outdir, file))));
}

/**
 * What a chunk's export is called where all of them are in one file; most are of the first chunk, and keep their short
 * names. Two that were alike would end the build.
 * @param {string} name
 * @param {number} index the chunk's
 */
function alias(name, index) {
  return index === 0 ? name : `${name}_${index}`;
}

/**
 * The same minified script with its imports from one chunk taken from the entry.
 * @param {string} code
 * @param {string} from quoted
 * @param {string} to quoted
 * @param {number} index the chunk's
 * @throws {Error} it imports in a way that is not known here
 */
function redirect(code, from, to, index) {
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const changed = code
    .replace(new RegExp(`\\b(import|export)\\{([^}]*)\\}from${escaped}`, 'g'), (_whole, verb, names) => {
      const renamed = names.split(',').map((/** @type {string} */ one) => {
        const [name, as = name] = one.split(' as ');
        return `${alias(name, index)} as ${as}`;
      });
      return `${verb}{${renamed.join()}}from${to}`;
    })
    .replaceAll(`import${from};`, '');
  if (changed.includes(from)) throw new Error(`an import of ${from} was not understood`);
  return changed;
}
