// Builds what browsers load, from pwa/ into pwa/dist/: hashed scripts and styles, icons, manifest, service worker, and
// assets.json, which maps the names that pages use to the names that browsers may keep for ever.
// The new folder takes the old one's place in one step, so a running server never sees half a build.

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DIST, PROJECT, pwaFile } from './build/project.mjs';
import { buildScripts } from './build/scripts.mjs';
import { buildStyles } from './build/styles.mjs';
import { copyStatic } from './build/static.mjs';
import { writePrecache } from './build/precache.mjs';
import { compressAll } from './build/compress.mjs';
import { report } from './build/report.mjs';

const staging = path.join(PROJECT, 'var', `dist.${process.pid}`);
await rm(staging, { recursive: true, force: true });
await mkdir(staging, { recursive: true });
try {
  const scripts = await buildScripts(staging);
  const styles = await buildStyles(staging);
  const copied = await copyStatic(staging);
  const assets = { ...scripts.assets, ...styles.assets, ...copied };
  await writePrecache(staging, scripts, styles, copied);
  await writeFile(path.join(staging, 'assets.json'), `${JSON.stringify(assets, null, 2)}\n`);
  await compressAll(staging);
  await report(staging, scripts);
  await replaceDist();
  for (const name of ['terminal.js', 'service-worker.js', 'styles/terminal.css', 'styles/citizen.css']) {
    if (!(await pwaFile(name))) console.log(`  (there is no pwa/${name} yet)`);
  }
} finally {
  await rm(staging, { recursive: true, force: true });
}

/** Put the staged folder in the place of pwa/dist. */
async function replaceDist() {
  const old = `${staging}.old`;
  await rename(DIST, old).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(staging, DIST);
  await rm(old, { recursive: true, force: true });
}
