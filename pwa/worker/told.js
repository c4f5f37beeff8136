// What is on the lock screen, kept true: the same message twice is seen once, three requests become one line, and what
// waits no longer goes.

const MANY = 'requests';
const MANY_FROM = 3;
/** What one does with something that waits; until the server has it, it counts as done here. */
const DEALS = /\.(accept|transfer|approve|cancel|propose)$/;

/** @typedef {Record<string, string>} Asking the receipt of the last message about each request, by its tag */

/**
 * The requests that a notification is about.
 * @param {Notification} notification
 * @returns {Asking}
 */
function asking({ tag, data }) {
  if (tag === MANY) return data.asking;
  return isAbout(tag, data) && tag.startsWith('request') && !data.taken ? { [tag]: data.receipt } : {};
}

/**
 * Whether a notification says that something waits; what became of one's own tap has the same tag.
 * @param {string} tag
 * @param {any} data
 */
function isAbout(tag, data) {
  return /^(request|appointment)-/.test(tag) && !data?.seq && !data?.said;
}

/**
 * Look at what is on show and change it, one after the other: two that come together would not see each other.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
const alone = (work) => navigator.locks.request('notices', work);

/**
 * Show a message among what is on show. The same message twice rings once.
 * @param {any} notification as docs/notifications.md has it
 * @returns {Promise<boolean>} whether it is about something done here that the server has not heard of
 */
async function show({ title, navigate, data, ...options }) {
  const { tag, silent } = options;
  const shown = await worker.registration.getNotifications();
  const many = shown.find((one) => one.tag === MANY);
  const own = shown.find((one) => tag && one.tag === tag && (one.data?.seq || (one.data?.said && data?.taken)));
  if (own) {
    // What became of one's own tap is still to be said, or says more than this.
    const { body, lang, data: kept } = own;
    await worker.registration.showNotification(own.title, { icon: ICON, body, lang, tag, data: kept, silent: true });
    return Boolean(kept.seq);
  }
  if (tag?.startsWith('request-')) {
    /** @type {Asking} */
    const all = Object.assign({}, ...shown.map(asking));
    const known = all[tag];
    if (data?.taken) delete all[tag];
    else all[tag] = data?.receipt ?? '';
    const count = Object.keys(all).length;
    if (count && (many ? !data?.taken || known !== undefined : count >= MANY_FROM)) {
      const climbs = known !== undefined && known !== all[tag];
      await showMany(all, { silent: silent || Boolean(many && !climbs), renotify: climbs && !silent, requireInteraction: options.requireInteraction });
      return false;
    }
    // What was taken may have left the line already, or never was in it: the others wait on.
    if (!count) many?.close();
  }
  const before = shown.find((one) => tag && one.tag === tag && isAbout(tag, one.data));
  const same = before && data?.receipt === before.data.receipt;
  await worker.registration.showNotification(title.toString(), { icon: ICON, ...options, ...(same && { renotify: false }), data: { ...data, navigate } });
  return false;
}

/**
 * One line for many requests, in the place of theirs.
 * @param {Asking} all
 * @param {NotificationOptions & {renotify?: boolean}} options
 */
async function showMany(all, options) {
  const lang = await spoken();
  const tags = Object.keys(all);
  for (const one of await worker.registration.getNotifications()) if (tags.includes(one.tag)) one.close();
  await worker.registration.showNotification(WORDS[lang][tags.length > 1 ? 'many' : 'one'].replace('#', String(tags.length)), {
    icon: ICON, lang, body: WORDS[lang].open, tag: MANY, ...options, ...{ actions: [{ action: 'open', title: WORDS[lang].see }] }, data: { asking: all, navigate: `${SHELL}#/demandes` },
  });
}

/**
 * Close what waits no longer: taken, withdrawn or decided, by whomever, or here and not sent yet.
 * @param {IDBDatabase} db
 */
async function tidy(db) {
  const shown = await worker.registration.getNotifications();
  const tx = db.transaction(STORES);
  const [me] = await facts(tx);
  const outbox = await done(tx.objectStore('outbox').getAll());
  const gone = new Set();
  for (const tag of shown.flatMap((one) => [one.tag, ...Object.keys(asking(one))])) {
    const [, kind, id] = /^(\w+)-(.+)$/.exec(tag) ?? [];
    const doc = await done(tx.objectStore('docs').get(`${kind}/${id}`));
    // What this terminal has not heard of yet may have been pushed a moment ago.
    const waits = me && (!doc || /waiting|requested/.test(doc.body.state));
    if (!waits || outbox.some((/** @type {any} */ { op, args }) => DEALS.test(op) && args[`${kind}_id`] === id)) gone.add(tag);
  }
  for (const one of shown) {
    if (isAbout(one.tag, one.data) && gone.has(one.tag)) one.close();
    if (one.tag !== MANY) continue;
    const all = Object.entries(asking(one));
    const left = all.filter(([tag]) => !gone.has(tag));
    if (!left.length) one.close();
    else if (left.length < all.length) await showMany(Object.fromEntries(left), { silent: true, requireInteraction: one.requireInteraction });
  }
}

/** A page has heard news: what is on show may say too much. */
async function tidyUp() {
  const db = await openMemory().catch(() => null);
  if (!db) return;
  await alone(() => tidy(db)).catch(() => undefined);
  db.close();
}
