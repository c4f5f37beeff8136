// What the worker's scripts share; joined first.

importScripts('/terminal/precache.js');

/** @typedef {{version: string, files: string[]}} Precache */

const worker = /** @type {ServiceWorkerGlobalScope & {PRECACHE: Precache}} */ (/** @type {unknown} */ (self));
const SHELL = '/terminal/';
