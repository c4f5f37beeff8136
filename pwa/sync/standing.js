/**
 * @typedef {import('../types').Network} Network
 */

/** What is known of the network, as the line on top tells it. */
export class Standing {
  /** Whether the system has said since `ask` that the network went. */
  #wentSince = false;
  /** @type {Network} */ #network = { state: 'connecting', since: null, live: false };
  /** @type {(network: Network) => void} */ #tell;
  /** @type {() => Date} */ #now;

  /**
   * @param {(network: Network) => void} tell
   * @param {() => Date} now
   */
  constructor(tell, now) {
    this.#tell = tell;
    this.#now = now;
  }

  /** Whether the server answers. */
  get up() {
    return this.#network.state === 'up';
  }

  /** Whether the socket says when to look, so that nobody needs to look by the clock. */
  get informed() {
    return this.#network.live && this.up;
  }

  /** @param {string | null} contactAt a start without network is offline since then */
  begin(contactAt) {
    this.#network = { ...this.#network, since: contactAt };
  }

  /** @param {boolean} live whether the socket is up */
  hear(live) {
    this.#network = { ...this.#network, live };
    this.#tell(this.#network);
  }

  /** The sign-in has ended: nobody needs to be told of the socket that went with it. */
  end() {
    this.#network = { ...this.#network, live: false };
  }

  /** The server is being asked. */
  ask() {
    this.#wentSince = false;
  }

  /**
   * It has answered; what it said before the network went says nothing about now.
   * @returns {boolean} whether it is up
   */
  answer() {
    if (!this.#wentSince) this.report('up');
    return !this.#wentSince;
  }

  /** @param {Network['state']} state */
  report(state) {
    const since = state === 'up' ? null : (this.#network.since ?? this.#now().toISOString());
    this.#network = { ...this.#network, state, since };
    this.#tell(this.#network);
  }

  /** The network went, as the system says: no need to wait for a request to fail. */
  lost() {
    this.#wentSince = true;
    this.report('offline');
  }
}
