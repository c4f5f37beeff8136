// What ical.js, and with it Thunderbird, reads: one JSON calendar a line on stdin, one JSON answer a line on stdout.

import readline from 'node:readline';
import ICAL from 'ical.js';

let warnings = [];
for (const level of ['warn', 'error']) console[level] = (...words) => warnings.push(words.join(' '));

function party(component, name) {
  const property = component.getFirstProperty(name);
  return property && { address: property.getFirstValue(), ...property.jCal[1] };
}

function read(text) {
  warnings = [];
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      sequence: event.sequence,
      starts_at: event.startDate.toUnixTime(),
      ends_at: event.endDate.toUnixTime(),
      // A zone that is named and not defined would silently be read as the reader's own.
      floating: event.startDate.zone === ICAL.Timezone.localTimezone,
      title: event.summary,
      location: event.location,
      description: event.description,
      status: component.getFirstPropertyValue('status'),
      organizer: party(component, 'organizer'),
      attendee: party(component, 'attendee'),
    };
  });
  return { method: calendar.getFirstPropertyValue('method'), events, warnings };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(read(JSON.parse(line)))}\n`);
}
