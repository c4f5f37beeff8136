// Puts a .gz and a .br beside each text file that they make smaller, so that no request pays for compression.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { listFiles } from './project.mjs';

const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);
const TEXT = new Set(['.js', '.css', '.svg', '.json', '.html', '.webmanifest']);

/** @param {string} folder */
export async function compressAll(folder) {
  const names = (await listFiles(folder)).filter((name) => TEXT.has(path.extname(name)));
  await Promise.all(names.map(async (name) => {
    const file = path.join(folder, name);
    const text = await readFile(file);
    const packed = {
      gz: await gzip(text, { level: 9 }),
      br: await brotli(text, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
    };
    for (const [extension, bytes] of Object.entries(packed)) {
      if (bytes.length < text.length) await writeFile(`${file}.${extension}`, bytes);
    }
  }));
}
