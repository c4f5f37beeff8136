// What the server says of a unit's plannings and agendas (server/api), and what these screens are at.

import type { Person } from '../../types';
import type { CalendarKey } from './words.js';

export type SourceKind = 'ical' | 'caldav' | 'positions_daily' | 'positions_forecast';
export type SourceState = 'paused' | 'silent' | 'failing' | 'waiting' | 'fresh';
export type Position = 'employed' | 'first_to_go' | 'complementary' | 'deferred' | 'not_employable';
export interface Columns { agent: string; day: string; position: string; until_day: string; since: string; until: string }
export interface Refused { line: number; cause: string }

export interface Planning {
  id: string;
  kind: SourceKind;
  name: string;
  agent: Person | null;
  /** All that is shown of the address; null for a table that is only ever uploaded. */
  host: string | null;
  tentative_counts: boolean;
  columns: Columns | null;
  words: Record<string, Position> | null;
  poll_minutes: number;
  silent_after_minutes: number;
  state: SourceState;
  created_at: string;
  created_by: Person;
  paused_at: string | null;
  tried_at: string | null;
  succeeded_at: string | null;
  changed_at: string | null;
  next_at: string | null;
  failure: { code: string; line: number; at: string; in_a_row: number } | null;
  silent_since: string | null;
  /** The end of the last day about which a table says something; null of a calendar, and of a table never read. */
  read_until: string | null;
  entries_read: number;
  refused_count: number;
  refused: Refused[];
}

export type ExportKind = 'feed' | 'caldav' | 'mail';
export type ExportState = 'waiting' | 'fresh' | 'failing' | 'paused' | 'ending';
export interface Export {
  id: string;
  kind: ExportKind;
  name: string;
  agent: Person;
  terminal: { id: string; name: string; this: boolean } | null;
  host: string | null;
  state: ExportState;
  pause_cause: string | null;
  created_at: string;
  tried_at: string | null;
  succeeded_at: string | null;
  failure: { code: string; at: string; in_a_row: number } | null;
  holds: number;
  /** Invitations that the mailbox refused, which are not sent again by themselves. */
  refused: number;
}
export interface Shown { subject: boolean; place: boolean }

export type TrialKind = SourceKind | 'caldav_export';
/** What a trial has found; which of these depends on its kind, and on its end. */
export interface Found {
  read?: number;
  busy?: number;
  taken?: number;
  agents?: number;
  unknown_agents?: number;
  refused_count?: number;
  refused?: Refused[];
  first_at?: string | null;
  last_at?: string | null;
  holds?: number;
  header?: string[];
  status?: number;
  line?: number;
}
/** A trial as its screen shows it; `slow`: it has been a while; `lost`: it has been too long. */
export interface Trial {
  kind: TrialKind;
  state: 'running' | 'slow' | 'lost' | 'succeeded' | 'failed';
  code: string;
  found: Found;
}

export interface Uploaded { read: number; taken: number; refused_count: number; refused: Refused[]; unknown_agents: number }
export interface WordRow { key: number; word: string; position: Position }
export type Said = { key: CalendarKey; values?: Record<string, string | number> };

/** What the page on screen is at; it goes with the page. What is typed stays in its fields. */
export interface PageState {
  /** Which of its buttons is at work. */
  busy: string | null;
  done: Said | null;
  error: Said | null;
  /** What is wrong with a field, by its name. */
  errors: Record<string, CalendarKey>;
  /** Revoking waits for a word. */
  asking: boolean;
  kind: SourceKind | ExportKind | null;
  trial: Trial | null;
  /** What the columns of the last table that was tried are called. */
  header: string[];
  /** What they were called in the form when it was tried. */
  columns: Record<string, string> | null;
  /** The fields of columns that are typed although others may be chosen: not every name of a file is told. */
  typed: string[];
  rows: WordRow[] | null;
  /** What was last sent to be added, and as what: it may be there although no answer came. */
  sent: { id: string; what: string } | null;
  uploaded: Uploaded | null;
  /** The address of a feed, which the server says once. */
  feed: string | null;
  copied: boolean;
}

export interface Seen {
  status: 'loading' | 'ready' | 'offline' | 'error';
  code: string;
  plannings: Planning[] | null;
  exports: Export[] | null;
  shown: Shown | null;
  page: PageState;
}
