// Reads an iCalendar file on standard input and prints, as JSON, what ical.js takes its events to be: for each its
// summary, whether it is about whole days, and its start and end as a moment (UTC) or a day.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const said = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());
const events = calendar.getAllSubcomponents("vevent").map((part) => new ICAL.Event(part));
console.log(JSON.stringify(events.map((event) => ({
  uid: event.uid, summary: event.summary, days: event.startDate.isDate, start: said(event.startDate), end: said(event.endDate),
}))));
