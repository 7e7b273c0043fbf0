/** Any value of JSON. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** Three versions of one JSON file. */
export interface ThreeTexts {
  readonly base: string;
  readonly left: string;
  readonly right: string;
}

/**
 * Merges a JSON file key by key and keeps how it is written; undefined where both sides change one value differently,
 * where a version is no JSON object, or where it is not written as programs write it, so that its form would be lost.
 */
export function mergeManifest({ base, left, right }: ThreeTexts): string | undefined {
  const form = formOf(left);
  const [one, two, three] = [base, left, right].map(readObject);
  if (form === undefined || !one || !two || !three) return undefined;
  if ([base, right].some((text) => formOf(text) === undefined)) return undefined;
  const merged = mergeObjects(one, two, three);
  if (merged === undefined) return undefined;
  const text = write(merged, form);
  return keepsChanges(base, left, text) && keepsChanges(base, right, text) ? text : undefined;
}

/** Whether everything that one version changed against the base is in the merged file. */
export function keepsChanges(base: string, version: string, merged: string): boolean {
  const [one, two, three] = [base, version, merged].map(readObject);
  return one !== undefined && two !== undefined && three !== undefined && holds(one, two, three);
}

function holds(base: JsonObject, version: JsonObject, merged: JsonObject): boolean {
  return keysOf(base, version).every((key) => {
    const [before, own, now] = [base[key], version[key], merged[key]];
    if (isSame(before, own)) return true;
    if (isObject(own) && isObject(now)) return holds(isObject(before) ? before : {}, own, now);
    return isSame(own, now);
  });
}

interface Form {
  readonly indent: string;
  readonly ending: string;
}

/** How a file is written; undefined where writing it again would change it. */
function formOf(text: string): Form | undefined {
  const indent = /^\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
  const form = { indent, ending: text.endsWith("\n") ? "\n" : "" };
  const value = readObject(text);
  return value !== undefined && write(value, form) === text ? form : undefined;
}

function write(value: JsonObject, { indent, ending }: Form): string {
  return JSON.stringify(value, undefined, indent) + ending;
}

function readObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function keysOf(...objects: readonly JsonObject[]): readonly string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))];
}

function mergeObjects(base: JsonObject, left: JsonObject, right: JsonObject): JsonObject | undefined {
  const merged = new Map<string, Json>();
  for (const key of orderOf(left, right)) {
    const [before, one, other] = [base[key], left[key], right[key]];
    let value: Json | undefined;
    if (isSame(one, other) || isSame(before, other)) value = one;
    else if (isSame(before, one)) value = other;
    else if (isObject(one) && isObject(other) && (before === undefined || isObject(before))) {
      value = mergeObjects(isObject(before) ? before : {}, one, other);
      if (value === undefined) return undefined;
    } else return undefined;
    if (value !== undefined) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** The left side's keys in their order, each new one of the right side's after the one it follows there; sorted where both are. */
function orderOf(left: JsonObject, right: JsonObject): readonly string[] {
  const keys = Object.keys(left);
  const others = Object.keys(right);
  const sorted = isSorted(keys) && isSorted(others);
  others.forEach((key, index) => {
    if (keys.includes(key)) return;
    const former = index === 0 ? -1 : keys.indexOf(others[index - 1] as string);
    keys.splice(former + 1, 0, key);
  });
  return sorted ? keys.toSorted(compare) : keys;
}

function isSorted(keys: readonly string[]): boolean {
  return keys.every((key, index) => index === 0 || compare(keys[index - 1] as string, key) < 0);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
