import type { Answer } from "./define-tool.ts";

/** Bytes of JSON that an answer may have unless everything is asked for. */
export const answerLimitBytes = 24 * 1024;

/** What is cut, in this order, until the answer fits. Tasks, batches, conflicts and results never are. */
const cuts: readonly { readonly what: string; readonly keys: readonly string[] }[] = [
  { what: "file contents", keys: ["content", "preview"] },
  { what: "diffs", keys: ["diff"] },
  { what: "schedule slots", keys: ["slots"] },
  { what: "hunks", keys: ["hunks"] },
];

/** Makes an answer fit by leaving out what matters least, and says how to get it. */
export function fitSize(answer: Answer, how: string): Answer {
  if (jsonBytes(answer) <= answerLimitBytes) return answer;
  const left: string[] = [];
  let fitted = answer;
  for (const { what, keys } of cuts) {
    const cut = withoutKeys(fitted, new Set(keys));
    if (!cut.changed) continue;
    left.push(what);
    fitted = cut.value as Answer;
    if (jsonBytes(fitted) + noteBytes <= answerLimitBytes) break;
  }
  if (left.length === 0) return answer;
  const { summary, next, ...rest } = fitted;
  return { summary, next, truncated: true, more: { leftOut: left, how }, ...rest };
}

/** Room for the note that something was cut. */
const noteBytes = 512;

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Fields that are never cut, and those whose keys are ids. */
const opaque = new Set(["next", "tasks", "nodes", "agentStatuses"]);

function withoutKeys(value: unknown, keys: ReadonlySet<string>): { value: unknown; changed: boolean } {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutKeys(item, keys));
    return items.some((item) => item.changed)
      ? { value: items.map((item) => item.value), changed: true }
      : { value, changed: false };
  }
  if (value === null || typeof value !== "object") return { value, changed: false };
  let changed = false;
  const kept: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (keys.has(key) && inner !== undefined) {
      changed = true;
      continue;
    }
    const cut = opaque.has(key) ? { value: inner, changed: false } : withoutKeys(inner, keys);
    changed ||= cut.changed;
    kept.push([key, cut.value]);
  }
  return changed ? { value: Object.fromEntries(kept), changed } : { value, changed };
}
