import type { DBSchema } from 'idb';
import type { Wish } from '../push/repair.js';
import type { Conflict, Doc, Ended, LockRecord, Me, Notice, OutboxEntry } from '../types';

export interface TerminalSchema extends DBSchema {
  docs: { key: string; value: Doc };
  outbox: { key: number; value: OutboxEntry };
  conflicts: { key: string; value: Conflict };
  meta: {
    key: string;
    /**
     * `client`: outbox id; `seq`: last number given; `sent`: last one acknowledged; `cursor`, `lmid`; `me`; `contact_at`;
     * `language`; `lock`; `ended`; `notices` to read; `push`: this
     * terminal is to be told; `seen`: which requests its agent has opened while they waited.
     */
    value: string | number | Me | LockRecord | Ended | Notice[] | Wish | Record<string, number>;
  };
}
