// The terminal's only way to the server over HTTP.

const PATIENCE_MS = 20_000;

/** The server was not reached, or did not answer in time: nothing is known about what it did. */
export class Offline extends Error {}

/** The server answered with a refusal or an accident. */
export class Problem extends Error {
  /**
   * @param {number} status HTTP status
   * @param {string} code the machine's word for it
   * @param {Record<string, any>} detail the rest of the problem document
   */
  constructor(status, code, detail) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/**
 * Call the server and read its JSON.
 * @param {'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
 * @param {string} path
 * @param {{body?: unknown, csrf?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} null where the answer has no content
 * @throws {Offline | Problem}
 */
export async function call(method, path, { body, csrf, signal } = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  signal?.addEventListener('abort', () => patience.abort());
  try {
    const response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(csrf ? { 'X-CSRF-Token': csrf } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: patience.signal,
      cache: 'no-store',
    });
    const text = await response.text();
    if (response.ok) return text ? JSON.parse(text) : null;
    throw problem(response, text);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Offline('no answer', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Response} response
 * @param {string} text
 */
function problem(response, text) {
  let detail = {};
  try {
    detail = JSON.parse(text);
  } catch {
    // A proxy on the way answers in HTML; its status says enough.
  }
  const code = 'code' in detail ? String(detail.code) : 'unexpected';
  const header = response.headers.get('Retry-After') ?? '';
  // Seconds, or a date as some proxies write it.
  const after = Number(header) || Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return new Problem(response.status, code, after > 0 ? { retry_after: after, ...detail } : detail);
}

/**
 * Run `work`; when the server misses the proof that a write comes from here (another tab has signed in again), fetch it
 * anew, once.
 * @template T
 * @param {() => Promise<void>} recognise
 * @param {() => Promise<T>} work
 */
export async function withProof(recognise, work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'csrf') throw error;
    await recognise();
    return work();
  }
}
