// The socket only says "come and look"; what there is to see comes with the pull.

import { backoff } from './backoff.js';

const STILL_HERE_MS = 5 * 60_000;

/**
 * @typedef {object} Live
 * @property {() => void} retry connect now if it is down
 * @property {() => void} close
 */

/**
 * Listen to the unit's pokes; reconnects by itself.
 * @param {{poke: (version: number | null) => void, up: () => void, down: () => void}} on `version` null: look anyway
 * @returns {Promise<Live>}
 */
export async function connectLive(on) {
  const { io } = await import('socket.io-client');
  const socket = io('/terminal', {
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 20_000,
    randomizationFactor: 0.5,
  });
  const again = comeBack(socket);
  socket.on('connect', on.up);
  socket.on('disconnect', on.down);
  socket.on('connect_error', on.down);
  socket.on('poke', (/** @type {{scope: string, version: number | null}} */ { scope, version }) =>
    on.poke(scope === '*' ? null : version));
  const timer = setInterval(() => socket.connected && socket.emit('still_here'), STILL_HERE_MS);
  return {
    // A namespace that the server refused or closed is not tried again by the library.
    retry: () => void (socket.active || socket.connect()),
    close() {
      clearInterval(timer);
      again.stop();
      socket.close();
    },
  };
}

/**
 * Connect again after the server has closed or refused a socket, which the library then leaves alone: sooner or later
 * it is welcome again, after a deployment or in another unit, and if not the pull says why.
 * @param {{active: boolean, connect: () => unknown, on: (event: string, heard: () => void) => unknown}} socket
 * @param {() => number} [random] from 0 to 1
 * @returns {{stop: () => void}}
 */
export function comeBack(socket, random = Math.random) {
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const lost = () => {
    // As long as it is active the library tries by itself.
    if (socket.active) return;
    clearTimeout(timer);
    failures += 1;
    timer = setTimeout(() => void (socket.active || socket.connect()), backoff(failures, random()));
  };
  socket.on('connect', () => {
    clearTimeout(timer);
    failures = 0;
  });
  socket.on('disconnect', lost);
  socket.on('connect_error', lost);
  return { stop: () => clearTimeout(timer) };
}
