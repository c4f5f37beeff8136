// Web push without a page: says what became of each message, and subscribes again when the browser has let go.

const SUBSCRIPTION = '/api/terminals/this/push-subscription';

/**
 * Each push shows something, also one that cannot be read: a silent one would cost the permission. The receipts hold
 * nothing up.
 * @param {PushMessageData | null} data
 */
async function showPushed(data) {
  /** @type {any} */
  let notification;
  try {
    ({ notification } = /** @type {PushMessageData} */ (data).json());
  } catch {
    // Nobody can confirm what nobody can read.
  }
  const receipt = notification?.data?.receipt;
  const received = confirm(receipt, 'received');
  try {
    const isOwn = await alone(() => show(notification));
    await confirm(receipt, 'shown');
    // What arrives proves that there is a network, and not all browsers wake the worker for it.
    if (isOwn) await catchUp().catch(() => undefined);
  } catch {
    await tell('message', { tag: 'message' });
  }
  await received;
}

/**
 * Tell the server what became of a message. Never rejects: a word that is lost costs a line in a list.
 * @param {string | undefined} receipt
 * @param {'received' | 'shown' | 'opened'} what
 */
async function confirm(receipt, what) {
  if (!receipt) return;
  const headers = { 'Content-Type': 'application/json' };
  // It may outlive this worker, and needs nobody's sign-in.
  await fetch('/api/push/receipts', { method: 'POST', headers, body: JSON.stringify({ receipt, what }), credentials: 'omit', keepalive: true })
    .catch(() => undefined);
}

/**
 * The browser has let go of its subscription: make one anew, or leave it to a page, which compares at its start.
 */
async function subscribeAgain() {
  const db = await openMemory().catch(() => null);
  const run = async () => {
    if (!db) throw new Refused();
    const { key, quiet } = await say(db, SUBSCRIPTION);
    const now = await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = now.toJSON();
    await say(db, SUBSCRIPTION, { endpoint, keys, vapid_key: key, language: await spoken(), quiet }, 'PUT');
  };
  await navigator.locks.request('push', run).catch(() => tellPages('push-subscription-change'));
  db?.close();
}
