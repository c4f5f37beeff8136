// The shapes that terminals exchange with the server (models/queries/terminal_feed.py) and hold.

export interface Label { code: string; fr: string; en: string }
export interface Person { id: number; name: string | null }

export interface HistoryEvent {
  id: number | string;
  name: string;
  at: string;
  by: string | null;
  text?: string;
  word?: string;
  outcome?: Outcome;
  /** True while the server has not heard of it. */
  pending?: boolean;
}

export type State = 'waiting' | 'accepted' | 'done' | 'withdrawn' | 'expired';
export type Channel = 'phone' | 'sms' | 'email';
export type CallWindow = 'asap' | 'morning' | 'afternoon' | 'evening';
export type Outcome = 'handled' | 'appointment' | 'redirected' | 'unreachable' | 'mistake';

/** A contact request of the terminal's own unit. Times are ISO 8601 with an offset. */
export interface RequestDoc {
  id: string;
  reference: string;
  state: State;
  reason: Label;
  discreet: boolean;
  commune: { insee: string; name: string; departement: string };
  language: 'fr' | 'en';
  caller_name: string | null;
  phone: string | null;
  email: string | null;
  channel: Channel;
  call_window: CallWindow;
  safe_time: string | null;
  may_leave_message: boolean;
  call_back_word: string;
  facts: string | null;
  place: string | null;
  created_at: string;
  due_at: string;
  accepted_by: Person | null;
  accepted_at: string | null;
  ended_at: string | null;
  outcome: Outcome | null;
  history: HistoryEvent[];
}

/** What is left of a request that was handed to another unit: its trace, not the citizen's words. */
export interface TransferredDoc {
  id: string;
  reference: string;
  state: 'transferred';
  reason: Label;
  discreet: boolean;
  to_unit: Person;
  created_at: string;
  transferred_at: string;
}

export interface UnitDoc {
  id: number;
  name: string;
  phone: string | null;
  time_zone: string;
  latitude: number | null;
  longitude: number | null;
}

export type Body = RequestDoc | TransferredDoc | UnitDoc;
/** One document of the feed: `request/<uuid>` or `unit/<id>`. */
export interface Doc { k: string; v: number; body: Body }
export interface PulledDoc { k: string; v: number; body: Body | null }

export type Op = 'request.accept' | 'request.release' | 'request.transfer' | 'request.note' | 'request.close';
export interface Args { request_id: string; to_unit_id?: number; word?: string; text?: string; outcome?: Outcome }
/** What only this terminal needs to show the effect before the server confirms it; never sent. */
export interface Hint { to_unit_name?: string }

/** A numbered mutation that waits for its result. */
export interface OutboxEntry {
  seq: number;
  op: Op;
  args: Args;
  at: string;
  hint?: Hint;
  /** True while only this page's memory knows it: the device had no room. Its `seq` is a place in the order only. */
  unsafe?: boolean;
}

export interface MutationResult {
  seq: number;
  op: string;
  status: 'applied' | 'noop' | 'rejected' | 'error';
  code: string | null;
  by?: string | null;
  at?: string | null;
  state?: State;
  error_id?: string;
}

/** A mutation that the server refused; it stays until its reader dismisses it. */
export interface Conflict {
  /** `<client>.<seq>` */
  id: string;
  op: Op;
  args: Args;
  /** When the person tapped. */
  tapped_at: string;
  code: string;
  by: string | null;
  at: string | null;
  state: State | null;
  error_id: string | null;
  reference: string | null;
  reason: Label | null;
}

export interface PushAnswer { lmid: number; results: MutationResult[] }
export interface PullAnswer {
  base: string;
  cursor: string;
  reset: boolean;
  docs: PulledDoc[];
  lmid: number;
  results: MutationResult[];
  more: boolean;
}

export interface Me {
  agent: { id: number; name: string; roles: string[] };
  unit_id: number | null;
  csrf: string;
  /** Signed in by a terminal's credential, so that a PIN is asked for; missing in what older versions kept. */
  enrolled?: boolean;
}

/** What is kept of a PIN, and of the tries. */
export interface LockRecord {
  salt: Uint8Array<ArrayBuffer>;
  hash: Uint8Array<ArrayBuffer>;
  iterations: number;
  minutes: number;
  fails: number;
  failed_at: string | null;
}
export type Lock = Pick<LockRecord, 'minutes' | 'fails' | 'failed_at'>;

/** Why the documents were wiped and nobody is signed in any more. */
export interface Ended {
  code: 'not_signed_in' | 'terminal_revoked' | 'pin_tries' | 'pin_forgotten' | 'signed_out';
  at: string;
  /** The proof with which the server is still to be told that this terminal gives its sign-in up. */
  owed: string | null;
}

/** An enrolled device, as the server lists it. */
export interface EnrolledTerminal {
  id: string;
  agent: { id: number; name: string };
  name: string;
  enrolled_at: string;
  expires_at: string;
  last_seen_at: string | null;
  this: boolean;
}
export interface FoundUnit { id: number; name: string; commune_name: string; phone: string | null }

export type Item = (RequestDoc | TransferredDoc) & { pending: Op[] };
export type RequestItem = RequestDoc & { pending: Op[] };
/** What the screens show: the server's documents with the waiting mutations already done. */
export interface View { requests: Map<string, Item>; unit: UnitDoc | null }

/** Everything that is in IndexedDB, as one consistent reading. */
export interface Held {
  docs: Doc[];
  outbox: OutboxEntry[];
  conflicts: Conflict[];
  me: Me | null;
  cursor: string;
  contactAt: string | null;
  lock: Lock | null;
  ended: Ended | null;
}

export interface Network {
  /** `connecting`: not tried yet; `error`: the network works, the service does not. */
  state: 'connecting' | 'up' | 'offline' | 'error';
  since: string | null;
  /** False while only the half-minute pull keeps the terminal informed. */
  live: boolean;
}

export interface Notice { id: string; requestId: string; reference: string; what: string; to: string | null }
export interface Route { screen: 'inbox' | 'request' | 'note' | 'transfer' | 'close' | 'settings' | 'terminals' | 'pin' | 'enrol'; id: string | null }
