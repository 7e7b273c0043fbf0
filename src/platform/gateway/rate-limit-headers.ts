import type { IncomingHttpHeaders } from "node:http";
import type { CallAnswer } from "../../ports/model-calls.ts";

/** What the head of a provider's answer says of its limits. */
export function readLimitHeaders(status: number, headers: IncomingHttpHeaders, now: number): CallAnswer {
  const kind = status === 429 || status === 529 ? "refused" : status < 400 ? "accepted" : "failed";
  return {
    kind,
    retryAfterMs: kind === "accepted" ? undefined : retryAfterMs(headers, now),
    requestsLeft: lowest(headers, ["anthropic-ratelimit-requests-remaining", "x-ratelimit-remaining-requests"]),
    tokensLeft: lowest(headers, [
      "anthropic-ratelimit-tokens-remaining",
      "anthropic-ratelimit-input-tokens-remaining",
      "x-ratelimit-remaining-tokens",
    ]),
  };
}

/** Seconds, milliseconds where a provider says those as well, or a date (RFC 9110, 10.2.3). */
function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exact = count(headers["retry-after-ms"]);
  if (exact !== undefined) return exact;
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  const seconds = count(text);
  if (seconds !== undefined) return seconds * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function lowest(headers: IncomingHttpHeaders, names: readonly string[]): number | undefined {
  const given = names.map((name) => count(headers[name])).filter((value) => value !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}

function count(value: string | string[] | undefined): number | undefined {
  return typeof value === "string" && /^\d{1,12}(\.\d{1,6})?$/.test(value.trim()) ? Number(value) : undefined;
}
