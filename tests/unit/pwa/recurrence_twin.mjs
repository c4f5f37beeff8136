// What terminals make of a recurrence: one JSON question a line on stdin, one JSON answer a line on stdout.

import readline from 'node:readline';
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
  /** What the week draws on each of some days. */
  week: ({ opening, zone, days }) => days.map((day) => proposedOn(opening, day, zone)),
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { ask, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(questions[ask](rest))}\n`);
}
