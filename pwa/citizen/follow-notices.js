// What a citizen is told while no page is open, in the shape of Declarative Web Push (docs/notifications.md). Words are
// neutral, because a lock screen is read by others. Joined to follow-worker.js, for the requests that leave no copy as well.

/** Where somebody who has only the reference and the code comes in, by language. */
const ENTRANCES = ['/suivi', '/en/follow'];
const MESSAGE = { fr: 'Vous avez un message.', en: 'You have a message.' };

/**
 * Each push shows something, also one that cannot be read: a silent one would cost the permission.
 * @param {PushMessageData | null} data
 */
async function showPushed(data) {
  try {
    const { notification } = /** @type {PushMessageData} */ (data).json();
    const { title, navigate, data: facts, ...options } = notification;
    await worker.registration.showNotification(title.toString(), { ...options, data: { ...facts, navigate } });
    await report(facts?.receipt, 'shown');
  } catch {
    const lang = /^fr/i.test(worker.navigator.language) ? 'fr' : 'en';
    await worker.registration.showNotification(MESSAGE[lang], { lang, tag: 'message' });
  }
}

/**
 * Open the page that a notification is about: in a window that shows it, else in a new one. A button opens the page where
 * its answer is given, and changes nothing by itself.
 * @param {Notification} notification
 * @param {string} action the button; empty for the notification itself
 */
async function answerTap(notification, action) {
  notification.close();
  const { navigate, receipt, [action]: answer } = notification.data ?? {};
  const target = targetOf(answer ?? navigate);
  const token = followed(target);
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // A discreet notification names no page; one that is open is the likeliest.
  const shown = answer ? undefined : windows.find(({ url }) => (token ? followed(url) === token : followed(url)));
  const opened = shown ? shown.focus().catch(() => null) : worker.clients.openWindow(target);
  await Promise.all([opened, report(receipt, 'opened')]);
}

/**
 * @param {string} [address]
 * @returns {string} an address among the citizens' pages, whatever the message says
 */
function targetOf(address = ENTRANCES[0]) {
  const { origin, pathname } = new URL(address, location.origin);
  const entrance = ENTRANCES.find((one) => pathname === one || pathname.startsWith(`${one}/`));
  if (origin !== location.origin || !entrance) return ENTRANCES[0];
  return pathname.replace(/\/$/, '');
}

/**
 * @param {string} address
 * @returns {string | undefined} the token of the follow page there; undefined where there is none
 */
function followed(address) {
  const { pathname } = new URL(address, location.origin);
  const entrance = ENTRANCES.find((one) => pathname.startsWith(`${one}/`));
  return (entrance && pathname.slice(entrance.length + 1).split('/', 1)[0]) || undefined;
}

/**
 * Tell the server how far a notice has come. One that it does not hear of is shown all the same.
 * @param {string | undefined} receipt
 * @param {'shown' | 'opened'} what
 */
async function report(receipt, what) {
  if (receipt) await post('/api/push/receipts', { receipt, what }).catch(() => undefined);
}

/**
 * The browser has changed how it is reached: whatever was to come the old way is to come the new one. Only who knew the
 * old way may say so; where the browser does not tell it, the page repairs at its next visit.
 * @param {PushSubscription | null} old
 * @param {PushSubscription | null} fresh
 */
async function renew(old, fresh) {
  if (!old) return;
  const next = fresh ?? (await subscribeAnew());
  const { endpoint, keys } = next.toJSON();
  const before = { endpoint: old.endpoint, auth: old.toJSON().keys?.auth };
  await post(`${ENTRANCES[0]}/abonnement`, { old: before, endpoint, keys, vapid_key: vapidKeyOf(next) });
}

/** @returns {Promise<PushSubscription>} made with the server's present key */
async function subscribeAnew() {
  const { key } = await (await fetch('/api/push/key')).json();
  return worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/**
 * @param {PushSubscription} subscription
 * @returns {string} base64url
 */
function vapidKeyOf({ options }) {
  const octets = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...octets)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/**
 * @param {string} address
 * @param {object} body
 */
async function post(address, body) {
  const headers = { 'Content-Type': 'application/json' };
  await fetch(address, { method: 'POST', headers, body: JSON.stringify(body), credentials: 'omit', keepalive: true });
}
