import type { Me, Network } from '../types';

/** Whom the engine tells. */
export interface EngineHooks {
  /** What is held has changed. */
  changed: () => Promise<void> | void;
  network: (network: Network) => void;
  /** Another tab has signed in. */
  signedIn: () => void;
  /** The server does not know this terminal's sign-in any more. */
  signedOut: () => void;
  /** Another agent's actions wait here. */
  foreign: (owner: Me) => void;
  /** The device has no room for documents any more, or has some again. */
  full: (full: boolean) => void;
  /** Actions wait for a network: the system may send them when this page is gone. */
  stuck: () => void;
  now: () => Date;
}
