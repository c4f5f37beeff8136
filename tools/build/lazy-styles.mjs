// A style sheet that a later part of the terminal imports, as text inside that part's script: what the first picture
// does without does not weigh on it, and comes and is kept with the part. pwa/ui/add-styles.js puts it in the page.

import * as esbuild from 'esbuild';
import { PWA } from './project.mjs';

/**
 * @param {readonly string[]} target browsers, as esbuild names them
 * @returns {import('esbuild').Plugin}
 */
export function lazyStyles(target) {
  return {
    name: 'lazy-styles',
    setup(build) {
      build.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
        const { outputFiles } = await esbuild.build({
          absWorkingDir: PWA,
          entryPoints: [file],
          bundle: true,
          write: false,
          minify: true,
          target: [...target],
          charset: 'utf8',
          legalComments: 'none',
          logLevel: 'warning',
          // The icons come with it, since the text has no place of its own from which to look for them.
          loader: { '.svg': 'dataurl' },
        });
        return { contents: outputFiles[0].text.trim(), loader: 'text' };
      });
    },
  };
}
