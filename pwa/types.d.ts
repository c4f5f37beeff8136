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
  /** What the citizen was told of it, the latest first; missing in what older versions held. */
  told?: ToldNotice[];
}

export type NoticeChannel = 'push' | 'sms' | 'email';
/** One notice to a citizen: of which event, and how far it came. */
export interface ToldNotice {
  what: string;
  channel: NoticeChannel;
  state: 'queued' | 'sent' | 'failed' | 'delivered' | 'seen';
  at: string;
  cause: string | null;
  /** They answered that they come. */
  promised: boolean;
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

/** Units that a request can be handed to without network. */
export interface NeighboursDoc { units: FoundUnit[] }
/** Why citizens come, in the order of the form. */
export interface ReasonsDoc { reasons: Reason[] }
/** Somebody of the unit. */
/** An agenda that its agent's appointments do not reach any more, until somebody has done something about it. */
/** `cause`: any of server/planning/codes.py that an export fails with. `kind` is missing in what older versions held. */
export interface StoppedAgenda { id: string; kind?: 'caldav' | 'mail'; cause: string; since: string }
export interface AgentDoc {
  id: number;
  name: string;
  roles: string[];
  /** Missing in what older versions held. */
  stopped_agendas?: StoppedAgenda[];
}

export type Status = 'available' | 'on_intervention' | 'first_to_go' | 'reachable' | 'off_duty';
export type Source = 'own' | 'planning';
/** A service position from `since` to before `until` (null: until further notice). */
export interface Stretch { status: Status; since: string; until: string | null; source: Source; set_by: Person | null }
export interface DutyDoc { agent_id: number; stretches: Stretch[] }

export interface AbsenceDoc {
  id: string;
  agent: Person;
  starts_at: string;
  ends_at: string;
  word: string | null;
  source: Source;
  /** Said by « Je pars en intervention »; missing in what older versions held. */
  intervention?: boolean;
  /** What it was read from, if it was; missing in what older versions held. */
  planning?: { id: string; name: string } | null;
  declared_at: string;
  declared_by: Person | null;
}

export type PlanningKind = 'ical' | 'caldav' | 'positions_daily' | 'positions_forecast';
export type PlanningState = 'paused' | 'silent' | 'failing' | 'waiting' | 'fresh';
/** A source of the unit's planning, and how it does since when. */
export interface PlanningDoc {
  id: string;
  kind: PlanningKind;
  name: string;
  agent: Person | null;
  state: PlanningState;
  since: string;
  /** Also of a paused one; missing in what older versions held. */
  silent_since?: string | null;
  failure: string | null;
}

export type OpeningState = 'proposed' | 'approved' | 'refused' | 'withdrawn';
export type PlaceKind = 'unit' | 'town_hall' | 'france_services' | 'home' | 'video';
export interface OpeningDoc {
  id: string;
  state: OpeningState;
  starts_at: string;
  ends_at: string;
  /** RRULE of RFC 5545; null: once. What older servers sent has none of these. */
  recurrence?: string | null;
  last_ends_at?: string | null;
  holiday_rule?: HolidayRule;
  changes?: OccurrenceChange[];
  counters: number;
  agent: Person | null;
  /** Codes; none means all. */
  reasons: string[];
  place: { kind: PlaceKind; name: string | null };
  proposed_by: Person;
  proposed_at: string;
  amended_by?: Person | null;
  decided_by: Person | null;
  decided_at: string | null;
  word: string | null;
}

export type Body =
  | RequestDoc
  | TransferredDoc
  | UnitDoc
  | NeighboursDoc
  | ReasonsDoc
  | AgentDoc
  | DutyDoc
  | AbsenceDoc
  | OpeningDoc
  | OccurrenceDoc
  | HolidaysDoc
  | PlanningDoc
  | AppointmentDoc;
/** One document of the feed, `<kind>/<id>`; docs/sync-documents.md describes each kind. */
export interface Doc { k: string; v: number; body: Body }
export interface PulledDoc { k: string; v: number; body: Body | null }

export type RequestOp = 'request.accept' | 'request.release' | 'request.transfer' | 'request.note' | 'request.close' | 'request.seen';
export type ServiceOp =
  | 'duty.set'
  | 'absence.declare'
  | 'absence.cancel'
  | 'opening.propose'
  | 'opening.amend'
  | 'opening.approve'
  | 'opening.refuse'
  | 'opening.withdraw'
  | 'occurrence.change'
  | 'holiday.set';
export type CalendarOp = 'clash.keep' | 'agenda.answer';
/** Those whose effects come with pwa/later.js. */
export type LaterOp = CalendarOp | Exclude<ServiceOp, 'duty.set' | 'absence.declare' | 'absence.cancel'>;
export type Op = RequestOp | ServiceOp | AppointmentOp | CalendarOp;
/** What a mutation says; docs/sync-documents.md has which ones each takes. */
export interface Args {
  request_id?: string;
  to_unit_id?: number;
  word?: string;
  text?: string;
  outcome?: Outcome | AppointmentOutcome;
  agent_id?: number;
  status?: Status;
  until?: string | null;
  absence_id?: string;
  opening_id?: string;
  starts_at?: string;
  ends_at?: string;
  counters?: number;
  place_kind?: PlaceKind;
  place_name?: string;
  reasons?: string[];
  recurrence?: string | null;
  holiday_rule?: HolidayRule;
  /** The local day of an occurrence, or of a holiday. */
  day?: string;
  /** What becomes of each appointment whose time goes, by its id. */
  appointments?: Record<string, Handling>;
  name?: string | null;
  ordinary?: boolean;
  appointment_id?: string;
  other_appointment_id?: string;
  agents?: number[];
  starts?: string[];
  /** Cancelled because the citizen asked for it. */
  for_citizen?: boolean;
  clash_id?: string;
  finding_id?: number;
  answer?: 'keep' | 'leave';
}
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
  state?: State | OpeningState | AppointmentState;
  error_id?: string;
  /** `absence_overlaps`: the other one; `agent_busy`, `agent_absent`: only from when to when. */
  absence_id?: string;
  starts_at?: string;
  ends_at?: string;
  /** `appointments_concerned`: those that the mutation said nothing of. */
  appointments?: ConcernedAppointment[];
  /** `invalid_arguments`: what is wrong, by argument. */
  fields?: Record<string, string>;
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
  state: State | OpeningState | AppointmentState | null;
  error_id: string | null;
  reference: string | null;
  reason: Label | null;
  /** Of the absence or opening that it was about; what was held older versions of this page did not keep. */
  subject?: { starts_at: string; ends_at: string; agent: Person | null } | null;
  /** Of the own absence, or of whatever of somebody's is in the way. */
  other?: { absence_id?: string; starts_at: string; ends_at: string } | null;
  fields?: Record<string, string> | null;
  appointments?: ConcernedAppointment[] | null;
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
export type DutyItem = DutyDoc & { pending: Op[] };
/** `cancelled`: here, and the server has not heard of it yet. */
export type AbsenceItem = AbsenceDoc & { pending: Op[]; cancelled: boolean };
export type OpeningItem = OpeningDoc & { pending: Op[] };
/** What the screens show: the server's documents with the waiting mutations already done. */
export interface View {
  unit: UnitDoc | null;
  requests: Map<string, Item>;
  agents: Map<number, AgentDoc>;
  duty: Map<number, DutyItem>;
  absences: Map<string, AbsenceItem>;
  openings: Map<string, OpeningItem>;
  occurrences: Map<string, OccurrenceDoc>;
  holidays: HolidayDay[];
  neighbours: FoundUnit[];
  reasons: Reason[];
  appointments: Map<string, AppointmentItem>;
  plannings: Map<string, PlanningDoc>;
}

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

/** What changed by somebody else's hand; `values` fill the holes of its sentence. */
export interface Notice { id: string; what: string; values: Record<string, string>; requestId?: string; period?: { starts_at: string; ends_at: string } }
export interface Route {
  screen:
    | 'inbox' | 'request' | 'note' | 'transfer' | 'close'
    | 'duty' | 'absence' | 'opening' | 'brigade' | 'desk'
    | 'week' | 'why'
    | 'agenda' | 'appointment' | 'assign' | 'swap' | 'propose' | 'cancel'
    | 'settings' | 'enrol';
  id: string | null;
}

// Openings that come back, and what they really give.
export type HolidayRule = 'closed' | 'open' | 'only';
export type Handling = 'reoffer' | 'move' | 'cancel';
/** One occurrence that differs: other times, or none (dropped); `day` is what the recurrence gives. */
export interface OccurrenceChange { day: string; starts_at: string | null; ends_at: string | null }
// Appointments and what they need

/** Minutes, and what to bring; missing in what older versions held. */
export interface Reason extends Label {
  /** False: nobody is received for it by appointment. */
  bookable?: boolean;
  duration?: number;
  buffer?: number;
  /** How long before it one must book. */
  notice?: number;
  /** Where it can be received. */
  place_kinds?: PlaceKind[];
  needs_approval?: boolean;
  agents_needed?: number;
  papers_fr?: string;
  papers_en?: string;
}

/** One concrete time of an approved opening; closed ones say why. */
export interface OccurrenceDoc {
  id: string;
  opening_id: string;
  day: string;
  starts_at: string;
  ends_at: string;
  closed_because: 'holiday' | 'not_holiday' | 'dropped' | null;
  closed_name: string | null;
  counters: { id: number; number: number }[];
  agent: Person | null;
  reasons: string[];
  place: { kind: PlaceKind; name: string | null };
}
export interface HolidayDay { day: string; name: string }
export interface HolidaysDoc { days: HolidayDay[] }
/** An appointment whose time would go, as a refusal lists it. */
export interface ConcernedAppointment {
  id: string;
  reference: string | null;
  reason: string;
  state: 'requested' | 'confirmed';
  starts_at: string;
  ends_at: string;
}

export type AppointmentOutcome = 'honoured' | 'no_show';
export type AppointmentState = 'held' | 'requested' | 'confirmed' | AppointmentOutcome | 'cancelled' | 'moved';
/** The planning says that a gendarme of an appointment is not there; null: nobody of the unit is left for it. */
export interface Clash {
  id: string;
  agent: Person | null;
  raised_at: string;
  kept_by: Person | null;
  /** Who and which other starts were free when it was raised. */
  proposals: { agents: Person[]; starts: string[] };
}
/** What a gendarme did to an appointment in their own agenda; they are asked whether they mean it. */
export interface AgendaFinding { id: number; agent: Person; deed: 'deleted' | 'moved' | 'changed' | 'declined'; found_at: string }
export interface AppointmentDoc {
  id: string;
  reference: string;
  state: AppointmentState;
  starts_at: string;
  ends_at: string;
  /** The end of the pause after it. */
  free_at: string;
  /** A code of the reasons. */
  reason: string;
  discreet: boolean;
  language: 'fr' | 'en';
  place: { kind: PlaceKind; name: string | null; address: string | null };
  counter: { id: number; number: number };
  occurrence_id: string | null;
  agents: Person[];
  agents_needed: number;
  needs_approval: boolean;
  /** Why the chief has to confirm it though its reason needs no approval; missing in what older versions held. */
  to_confirm_because?: 'planning_silent' | null;
  /** Open ones; missing in what older versions held. */
  clashes?: Clash[];
  /** Those not answered; missing in what older versions held. */
  agenda?: AgendaFinding[];
  /** Null when a partner keeps who it is; it may give a phone or words without a name. */
  citizen: { name: string | null; phone: string | null; may_leave_message: boolean; facts: string | null } | null;
  /** Null: no message can leave, somebody must call; missing in what older versions held. */
  reached_by?: NoticeChannel | null;
  /** What the citizen was told of it, the latest first; missing in what older versions held. */
  told?: ToldNotice[];
  offer: 'earlier' | 'instead' | null;
  held_until: string | null;
  /** Since when somebody of it is called away and nobody has taken their place. */
  released_at: string | null;
  word: string | null;
  /** What the citizen wrote when they cancelled; missing in what older versions held. */
  citizen_word?: string | null;
  decided_by: Person | null;
  decided_at: string | null;
  ended_at: string | null;
  ended_by: 'citizen' | 'unit' | 'time' | null;
}
export type AppointmentItem = AppointmentDoc & { pending: Op[] };
export type AppointmentOp =
  | 'appointment.take'
  | 'appointment.leave'
  | 'appointment.swap'
  | 'appointment.assign'
  | 'appointment.outcome'
  | 'appointment.approve'
  | 'appointment.propose'
  | 'appointment.cancel'
  | 'intervention.start';
