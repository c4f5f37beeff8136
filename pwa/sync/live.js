// The socket only says "come and look"; what there is to see comes with the pull.

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
      socket.close();
    },
  };
}
