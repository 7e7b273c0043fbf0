/**
 * Strings, comments, and commas before the end of a list or an object. A string or comment without an end goes to the
 * end of the text, so that no place is looked at twice.
 */
const STRING = /"[^"\\]*(?:\\[^][^"\\]*)*"?/;
const COMMENT = /\/\/[^\n]*|\/\*(?:[^]*?\*\/|[^]*)/;
const LAST_COMMA = /,(?=\s*[}\]])/;

/** Reads JSON that may have comments and trailing commas, as tsconfig.json has; undefined when it is none. */
export function parseLooseJson(text: string): unknown {
  const strict = parseJson(text);
  if (strict !== undefined) return strict;
  // A comment may stand between a last comma and the bracket, so the comments go first.
  return parseJson(withoutMatches(withoutMatches(text, COMMENT), LAST_COMMA));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** The text without what matches outside of strings. */
function withoutMatches(text: string, unwanted: RegExp): string {
  const pattern = new RegExp(`(${STRING.source})|${unwanted.source}`, "g");
  return text.replaceAll(pattern, (_, quoted?: string) => quoted ?? "");
}
