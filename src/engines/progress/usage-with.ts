import type { Usage } from "../../schema/outcome.ts";

/** What an attempt has used together with those before it. */
export function usageWith(before: Usage | undefined, now: Usage): Usage {
  if (before === undefined) return now;
  const sum = (name: keyof Usage): Usage =>
    before[name] === undefined && now[name] === undefined ? {} : { [name]: (before[name] ?? 0) + (now[name] ?? 0) };
  return { ...sum("tokens"), ...sum("costUsd"), ...sum("apiCalls"), ...sum("waitedMs") };
}
