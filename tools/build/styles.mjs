// Bundles the two style sheets; the citizen's is cut down to the classes that its pages use.

import * as esbuild from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import postcss from 'postcss';
import { PurgeCSS } from 'purgecss';
import { PROJECT, PWA, STATE_SITE, TARGET, pwaFile } from './project.mjs';

const SHEETS = [
  { name: 'styles/terminal.css', purgeAgainst: null },
  {
    name: 'styles/citizen.css',
    purgeAgainst: [`${PROJECT}/server/pages/templates/**/*.html`, `${PWA}/citizen/**/*.js`],
  },
];

/**
 * @typedef {object} Styles
 * @property {Record<string, string>} assets logical name → file below the output folder
 * @property {string[]} terminal the terminal's sheet and what it refers to
 */

/**
 * @param {string} outdir
 * @returns {Promise<Styles>}
 */
export async function buildStyles(outdir) {
  /** @type {Styles} */
  const styles = { assets: {}, terminal: [] };
  for (const { name, purgeAgainst } of SHEETS) {
    if (!(await pwaFile(name))) continue;
    let css = followSystemTheme(await bundle(name));
    if (!STATE_SITE) css = withoutStateTypeface(css);
    if (purgeAgainst) css = await purge(css, purgeAgainst);
    const files = await emit(css, name, outdir);
    styles.assets[name] = files[0];
    if (name === 'styles/terminal.css') styles.terminal = files;
  }
  return styles;
}

/**
 * One sheet with its @imports. Images and fonts stay where they are until it is known which are used.
 * @param {string} name
 */
async function bundle(name) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: PWA,
    entryPoints: [name],
    bundle: true,
    write: false,
    outdir: PWA,
    charset: 'utf8',
    logLevel: 'warning',
    plugins: [{
      name: 'keep-urls',
      setup(build) {
        build.onResolve({ filter: /^[^#]/ }, ({ kind, path: url, resolveDir }) => {
          if (kind !== 'url-token' || /^(data|https?):/.test(url)) return undefined;
          return { path: path.resolve(resolveDir, url.split(/[?#]/, 1)[0]), external: true };
        });
      },
    }],
  });
  return outputFiles[0].text;
}

/**
 * The same sheet, dark by itself where the system is. The design system waits for a script to set `data-fr-theme`; a
 * page without scripts must be dark too, and a reader's own choice of `light` must still win.
 * @param {string} css
 */
function followSystemTheme(css) {
  const sheet = postcss.parse(css);
  const dark = /(:root|html)?\[data-fr-theme=["']?dark["']?\]/;
  sheet.walkRules((rule) => {
    if (rule.parent?.type !== 'root' || !dark.test(rule.selector)) return;
    const twin = rule.clone({
      selectors: rule.selectors
        .filter((selector) => dark.test(selector))
        .map((selector) => selector.replace(dark, ':root:not([data-fr-theme=light])')),
    });
    const media = postcss.atRule({ name: 'media', params: 'screen and (prefers-color-scheme: dark)' });
    media.append(twin);
    rule.after(media);
  });
  return sheet.toString();
}

/**
 * The same sheet in the reader's own typeface.
 * @param {string} css
 */
function withoutStateTypeface(css) {
  return css
    .replace(/@font-face\s*\{[^}]*\}/g, '')
    .replace(/["']?Marianne["']?\s*,\s*(arial\s*,\s*)?/gi, 'system-ui, ')
    .replace(/["']?Spectral["']?\s*,\s*/gi, '');
}

/**
 * Only the rules, variables and animations that the given pages and scripts can use.
 * @param {string} css
 * @param {string[]} content glob patterns
 */
async function purge(css, content) {
  // Class names that are put together at run time are listed by hand in pwa/styles/purge-safelist.json (names, or
  // patterns between slashes).
  const listed = await pwaFile('styles/purge-safelist.json');
  /** @type {string[]} */
  const names = listed ? JSON.parse(await readFile(listed, 'utf8')) : [];
  const safelist = names.map((name) => {
    const pattern = /^\/(.+)\/$/.exec(name);
    return pattern ? new RegExp(pattern[1]) : name;
  });
  const [result] = await new PurgeCSS().purge({
    content,
    css: [{ raw: css }],
    variables: true,
    keyframes: true,
    safelist,
    // Set by scripts or by the system's theme, hence in no template.
    dynamicAttributes: ['data-fr-theme', 'data-fr-scheme'],
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  });
  return result.css;
}

/**
 * Write the sheet, minified and with a hashed name, and the files it refers to.
 * @param {string} css
 * @param {string} name
 * @param {string} outdir
 * @returns {Promise<string[]>} files below `outdir`, the sheet first
 */
async function emit(css, name, outdir) {
  const { metafile } = await esbuild.build({
    absWorkingDir: PWA,
    stdin: { contents: css, loader: 'css', resolveDir: PWA, sourcefile: path.basename(name) },
    bundle: true,
    outdir,
    minify: true,
    target: TARGET,
    legalComments: 'none',
    charset: 'utf8',
    entryNames: `styles/${path.basename(name, '.css')}-[hash]`,
    assetNames: 'media/[name]-[hash]',
    loader: { '.svg': 'file', '.png': 'file', '.webp': 'file', '.woff2': 'file', '.woff': 'file' },
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.outputs)
    .map((file) => path.relative(outdir, path.resolve(PWA, file)).split(path.sep).join('/'))
    .sort((a, b) => Number(b.endsWith('.css')) - Number(a.endsWith('.css')));
}
