// A table that somebody hands in as a file. It goes as it is: its coding and separators are the server's to read.

import { Offline, Problem } from '../../sync/api.js';

const PATIENCE_MS = 60_000;
const LONGEST = 1_000_000;
const LONGEST_HEADER = 10_000;

/**
 * @param {import('../../sync/engine.js').Engine['ask']} ask
 * @param {string} id the planning's
 * @param {File} file
 * @returns {Promise<{uploaded: import('./shapes').Uploaded} | {failed: import('./shapes').Trial}>} `failed`: the file is
 *   refused as a whole, and nothing has changed
 * @throws {Offline | Problem}
 */
export async function upload(ask, id, file) {
  if (file.size > LONGEST) return { failed: refused('too_big', {}) };
  // The proof that a write comes from here, as it is now: another tab may have signed in again.
  const { csrf } = await ask('GET', '/api/me');
  /** @type {Response} */
  let response;
  /** @type {any} */
  let told;
  try {
    response = await fetch(`/api/plannings/${id}/table`, {
      method: 'POST',
      headers: { Accept: 'application/json', 'Content-Type': 'text/csv', 'X-CSRF-Token': csrf },
      body: file,
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
    });
    told = JSON.parse((await response.text()) || '{}');
  } catch (error) {
    throw new Offline('no answer', { cause: error });
  }
  if (response.ok) return { uploaded: told };
  if (response.status === 422 || response.status === 413) return { failed: refused(response.status === 413 ? 'too_big' : told.code, told) };
  throw new Problem(response.status, String(told.code ?? 'unexpected'), told);
}

/**
 * The names of a table's columns, for its map to be chosen from.
 * @param {File} file
 * @returns {Promise<string[]>}
 */
export async function headerOf(file) {
  const octets = await file.slice(0, LONGEST_HEADER).arrayBuffer();
  const text = decode(octets).replace(/^\uFEFF/, '');
  const [line] = text.split(/\r?\n|\r/, 1);
  const separator = [';', '\t', ','].find((one) => line.includes(one)) ?? ';';
  return line.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1').trim()).filter(Boolean);
}

/** @param {ArrayBuffer} octets as the server reads them: UTF-8, else cp1252 */
function decode(octets) {
  try {
    // What the cut has left of a last letter is no mistake.
    return new TextDecoder('utf-8', { fatal: true }).decode(octets, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(octets);
  }
}

/**
 * @param {string} code
 * @param {{line?: number, header?: string[]}} found
 * @returns {import('./shapes').Trial}
 */
function refused(code, { line, header }) {
  return { kind: 'positions_daily', state: 'failed', code, found: { line, header } };
}
