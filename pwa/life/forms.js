// What the screens about who this is are at. PINs, passwords and codes stay in their fields.

/**
 * @typedef {import('./words.js').LifeKey} LifeKey
 * @typedef {import('../types').EnrolledTerminal} EnrolledTerminal
 *
 * @typedef {object} Offer an enrolment code on show
 * @property {{id: number, name: string}} agent
 * @property {string} code
 * @property {string} url
 * @property {string} svg
 * @property {string} expires_at
 * @property {string[]} known the terminals there were before
 * @property {EnrolledTerminal | null} used the one that the code has made
 *
 * @typedef {object} LifeForms
 * @property {{busy: boolean, error: LifeKey | null, wait: number}} signIn `wait` in seconds; enrolment too
 * @property {boolean} shown the password can be read
 * @property {boolean} leaving sign-out has warned and waits for a word
 * @property {boolean} discarding so has giving up what waits
 * @property {boolean} forgetting so has a forgotten PIN
 * @property {{busy: boolean, error: LifeKey | null}} pin
 * @property {LifeKey} done what has just been done to the PIN
 * @property {{status: 'loading' | 'ready' | 'offline' | 'error', list: EnrolledTerminal[], revoking: string | null,
 *   revoked: string | null}} terminals `revoking`: which one waits for a word; `revoked`: the name of the last
 * @property {{status: 'asking' | 'offline' | 'error' | 'shown', code: string, offer: Offer | null}} offer
 * @property {PushForm} push
 *
 * @typedef {object} PushForm
 * @property {'loading' | 'ready' | 'offline' | 'error'} status
 * @property {boolean} on this terminal is told
 * @property {boolean} busy
 * @property {import('../push/subscription.js').Quiet | null} quiet
 * @property {LifeKey | null} error what went wrong
 * @property {string} code the server's or the browser's word for it
 * @property {LifeKey | null} done what has just been done
 * @property {import('./push-test.js').PushTest | null} test
 */

export {};
