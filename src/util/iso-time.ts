const msPerDay = 86_400_000;
const lastMs = 253_402_300_799_999;

/**
 * Writes milliseconds since 1970 as an ISO 8601 date in UTC; times outside the years 1970-9999 are
 * moved to the nearest end. Pure arithmetic (days to civil date after Howard Hinnant), so that code
 * without a clock of its own can name a moment.
 */
export function isoTime(epochMs: number): string {
  const ms = Math.min(lastMs, Math.max(0, Math.round(epochMs)));
  const days = Math.floor(ms / msPerDay);
  const rest = ms - days * msPerDay;
  const { year, month, day } = civilDate(days);
  const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  const hours = padded(Math.floor(rest / 3_600_000), 2);
  const minutes = padded(Math.floor(rest / 60_000) % 60, 2);
  const seconds = padded(Math.floor(rest / 1_000) % 60, 2);
  return `${date}T${hours}:${minutes}:${seconds}.${padded(rest % 1_000, 3)}Z`;
}

function civilDate(daysSince1970: number): { year: number; month: number; day: number } {
  const shifted = daysSince1970 + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leaps = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
