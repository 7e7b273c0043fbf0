const dayMs = 86_400_000;

/** Writes milliseconds since 1970 as an ISO date (days from civil, Hinnant 2013); needs no clock. */
export function isoDate(epochMs: number): string {
  const ms = Number.isFinite(epochMs) ? Math.max(0, Math.round(epochMs)) : 0;
  const days = Math.floor(ms / dayMs);
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const rest = ms - days * dayMs;
  const clock = [rest / 3_600_000, (rest / 60_000) % 60, (rest / 1_000) % 60].map((part) =>
    digits(Math.floor(part), 2),
  );
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock.join(":")}.${digits(rest % 1_000, 3)}Z`;
}

const isoPattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3})\d*)?Z$/;

/** Reads an ISO date in UTC as milliseconds since 1970; 0 when it is none. */
export function epochOf(iso: string): number {
  const match = isoPattern.exec(iso);
  if (!match) return 0;
  const part = (index: number): number => Number(match[index] ?? 0);
  const month = part(2);
  const year = part(1) - (month <= 2 ? 1 : 0);
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + part(3) - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  const fraction = Number((match[7] ?? "0").padEnd(3, "0"));
  return days * dayMs + part(4) * 3_600_000 + part(5) * 60_000 + part(6) * 1_000 + fraction;
}

function digits(number: number, count: number): string {
  return String(number).padStart(count, "0");
}
