// Moments of a history: their words, and the working days between them. China has one zone and no summer time.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONE_MS = 8 * HOUR_MS;
const language = document.documentElement.lang || 'zh-CN';
const shown = (options) => new Intl.DateTimeFormat(language, { timeZone: 'Asia/Shanghai', ...options });

const day = shown({ month: 'long', day: 'numeric' });
const year = shown({ year: 'numeric', month: 'long', day: 'numeric' });
const time = shown({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const inDays = (at) => day.format(at);
export const inWords = (at) => `${day.format(at)} ${time.format(at)}`;
export const inFull = (at) => `${year.format(at)} ${time.format(at)}`;

/** The last minute of the day in China on which the instant lies. */
const endOfDay = (at) => Math.floor((at + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS + DAY_MS - 60_000;

const isoDay = (at) => new Date(at + ZONE_MS).toISOString().slice(0, 10);

/** calendar: {off, on}, days off and days of work that depart from Monday to Friday. */
export function isWorkday(at, { off, on }) {
  const date = isoDay(at);
  if (off.has(date)) return false;
  const weekday = new Date(at + ZONE_MS).getUTCDay();
  return on.has(date) || (weekday >= 1 && weekday <= 5);
}

/** The end of the next working day, or of the one before; step is 1 or -1. */
export function workdayFrom(at, step, calendar) {
  let moment = endOfDay(at) + step * DAY_MS;
  if (step > 0 && at < endOfDay(at) && isWorkday(at, calendar)) moment = endOfDay(at);
  while (!isWorkday(moment, calendar)) moment += step * DAY_MS;
  return moment;
}

/** How many working days lie between two instants, the later day counted. */
export function workdaysBetween(from, to, calendar) {
  let days = 0;
  for (let at = endOfDay(from) + DAY_MS; at <= endOfDay(to); at += DAY_MS) if (isWorkday(at, calendar)) days += 1;
  return days;
}

/** «第 {n} 个事件» with its values. */
export const filled = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
