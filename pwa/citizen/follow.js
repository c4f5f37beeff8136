// @entry
// The follow page, live: a poke on the socket says "come and look", and the state is fetched again from the server.

/** A socket that reconnects and a page that comes back into view may ask together; one answer is enough for both. */
const TOGETHER_MS = 30;
/** Where no socket can be had, the page looks by itself now and then. */
const LOOK_EVERY_MS = 60_000;

const state = /** @type {HTMLElement | null} */ (document.querySelector('#etat'));
const announcement = document.querySelector('#annonce');
/** @type {ReturnType<typeof setTimeout> | undefined} */
let planned;
let connected = false;

/** Fetch the state again and put it in place; a failure is no news, the next poke or look tries again. */
async function look() {
  if (!state?.dataset.state) return;
  const answer = await fetch(state.dataset.state, { cache: 'no-store' }).catch(() => null);
  if (answer?.status === 404) return location.reload();
  if (!answer?.ok) return;
  const fragment = document.createElement('template');
  fragment.innerHTML = await answer.text();
  if (fragment.innerHTML.trim() === state.innerHTML.trim()) return;
  const before = title();
  state.replaceChildren(fragment.content);
  if (announcement && title() !== before) announcement.textContent = title();
}

/** What the state says on top, for those who hear the page. */
function title() {
  const parts = state?.querySelectorAll('#etat-titre, #etat-suite') ?? [];
  return Array.from(parts, (part) => part.textContent).join('. ');
}

function lookSoon() {
  clearTimeout(planned);
  planned = setTimeout(look, TOGETHER_MS);
}

async function listen() {
  const { io } = await import('socket.io-client');
  const socket = io('/citizen', { auth: { token: state?.dataset.token }, transports: ['websocket'] });
  socket.on('connect', () => {
    connected = true;
    document.documentElement.dataset.live = 'yes';
    // Whatever happened between the rendering of the page and this moment had nobody to poke.
    lookSoon();
  });
  socket.on('disconnect', () => {
    connected = false;
    document.documentElement.dataset.live = 'no';
  });
  socket.on('poke', lookSoon);
}

if (state) {
  void listen();
  setInterval(() => {
    if (!connected && !document.hidden) void look();
  }, LOOK_EVERY_MS);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) lookSoon();
  });
}

const printButton = /** @type {HTMLButtonElement | null} */ (document.querySelector('#imprimer'));
if (printButton) {
  printButton.hidden = false;
  printButton.addEventListener('click', () => window.print());
}
