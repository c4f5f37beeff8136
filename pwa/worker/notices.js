// Notifications (docs/notifications.md): their words, and what a tap does. Words are neutral, because a lock screen is read by others: no reason, no name, no place.

const ICON = worker.PRECACHE.files.find((name) => name.includes('icon-192'));

const WORDS = {
  fr: {
    message: 'Vous avez un message.',
    applied: 'C’est fait.',
    waiting: 'C’est noté. L’envoi suivra dès le retour du réseau.',
    taken: 'Trop tard\u202f: un collègue l’a prise.',
    look: 'Une action demande votre attention. Ouvrez le terminal.',
    one: 'Une demande attend',
    many: '# demandes attendent',
    open: 'Ouvrez le terminal.',
    see: 'Voir',
  },
  en: {
    message: 'You have a message.',
    applied: 'Done.',
    waiting: 'Noted. It will be sent once online.',
    taken: 'Too late: a colleague has taken it.',
    look: 'An action needs your attention. Open the terminal.',
    one: 'A request is waiting',
    many: '# requests are waiting',
    open: 'Open the terminal.',
    see: 'View',
  },
};

/** @typedef {keyof typeof WORDS.fr} Word */

/**
 * @param {Word} word
 * @param {NotificationOptions} options its `tag` says which one it replaces
 */
async function tell(word, options) {
  const lang = await spoken();
  await worker.registration.showNotification('Brigade numérique', { icon: ICON, lang, body: WORDS[lang][word], ...options });
}

/**
 * The language that was chosen on this terminal.
 * @returns {Promise<keyof typeof WORDS>}
 */
async function spoken() {
  try {
    const db = await openMemory();
    const [, language] = await facts(db.transaction('meta'), 'language');
    db.close();
    return language === 'en' ? 'en' : 'fr';
  } catch {
    return 'fr';
  }
}

/**
 * A tap: opens what the notification is about, or does what the button says.
 * @param {Notification} notification
 * @param {string} action `accept`, `duty:<status>`, `open`, or empty for the notification itself
 */
async function answerTap(notification, action) {
  notification.close();
  const { request_id, until, navigate, receipt } = notification.data ?? {};
  const opened = confirm(receipt, 'opened');
  const [, status] = /^duty:(\w+)$/.exec(action) ?? [];
  if (status) await act({ op: 'duty.set', args: { status, until } }, notification);
  else if (action === 'accept' && request_id) await act({ op: 'request.accept', args: { request_id } }, notification);
  else await open(navigate);
  await opened;
}

/**
 * Take an action into the outbox, try to send it, and say what became of it or that it waits.
 * @param {{op: string, args: object}} action
 * @param {Notification} notification
 */
async function act(action, { tag, data }) {
  const db = await openMemory().catch(() => null);
  try {
    if (!db) throw new Refused();
    const seq = await enqueue(db, action);
    tellPages('changed');
    const told = { tag, data: { navigate: data?.navigate, seq } };
    await alone(() => tell('waiting', { ...told, silent: true }));
    const { sync } = /** @type {any} */ (worker.registration);
    await sync?.register(TAG).catch(() => undefined);
    await catchUp().catch(() => undefined);
  } catch {
    // Not signed in, or no room: only the page can help.
    await open(data?.navigate);
  } finally {
    db?.close();
  }
}

/**
 * Replace the notifications that say "this waits" by what became of it.
 * @param {Result[]} results
 */
async function tellResults(results) {
  for (const { tag, data } of await worker.registration.getNotifications()) {
    const result = results.find(({ seq }) => seq === data?.seq);
    if (!result) continue;
    const word = /applied|noop/.test(result.status) ? 'applied' : result.code === 'already_accepted' ? 'taken' : 'look';
    await tell(word, { tag, data: { navigate: data.navigate, said: true }, silent: word === 'applied' });
  }
}

/**
 * Show an address of the terminal: in a window that is open, else in a new one.
 * @param {string} [address]
 */
async function open(address = SHELL) {
  const url = new URL(address, location.origin);
  const target = url.origin === location.origin && url.pathname.startsWith(SHELL) ? url.href : SHELL;
  for (const client of await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })) {
    if (!new URL(client.url).pathname.startsWith(SHELL)) continue;
    await client.focus().catch(() => undefined);
    // The page goes there by itself: a navigation would throw away what is being typed.
    return client.postMessage({ type: 'go', address: target });
  }
  return worker.clients.openWindow(target);
}
