// What terminals make of a recurrence: one JSON question a line on stdin, one JSON answer a line on stdout.

import readline from 'node:readline';
import { readOpening } from '../../../pwa/screens/openings/read-opening.js';
import { timesOn } from '../../../pwa/ui/occurrence-times.js';
import { daysOf, readRule, writeRule } from '../../../pwa/ui/recurrence.js';
import { wallOf } from '../../../pwa/ui/zone.js';
import { proposedOn } from '../../../pwa/week/proposed.js';

const questions = {
  /** The days of an opening from one on, each with its times, and how the rule is written. */
  occurrences({ opening, zone, from, most }) {
    const { day, time } = wallOf(opening.starts_at, zone);
    const rule = opening.recurrence && readRule(opening.recurrence, time, zone);
    return {
      written: rule && writeRule(rule),
      occurrences: daysOf(rule, day, from, most).map((one) => ({ day: one, ...timesOn(opening, one, zone) })),
    };
  },
  /** What the form of an opening makes of what was typed: errors by field, or the arguments of its mutation. */
  form({ typed, kept, zone, now }) {
    const fields = new FormData();
    for (const [name, value] of Object.entries(typed)) for (const one of [value].flat()) fields.append(name, one);
    const draft = { repeat: typed.repeat, by: 'unit', place: 'unit', reasons: [], holidays: 'closed' };
    return readOpening(fields, draft, {}, { zone, now: Date.parse(now), kept });
  },
  /** What the week draws on each of some days. */
  week: ({ opening, zone, days }) => days.map((day) => proposedOn(opening, day, zone)),
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { ask, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(questions[ask](rest))}\n`);
}
