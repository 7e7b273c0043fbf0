/**
 * Reads from the answer of a model, as it passes, what was used: Anthropic's messages, OpenAI's chat
 * and responses, Gemini's contents, each whole or as server-sent events. It keeps no text of the answer.
 */
import type { CallUse } from "../../ports/model-calls.ts";

/** Longest line of events, and longest whole answer, that is looked at. */
const lineLimit = 4 * 1024 * 1024;
const wholeLimit = 32 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;
type Counts = Omit<CallUse, "counted" | "rateTokens">;

/** Takes an answer in pieces. */
export interface UsageReader {
  take(piece: Uint8Array): void;
  /** What was used; `whole` tells whether the answer came to its end. */
  end(whole: boolean): CallUse;
}

/** Makes a reader for one answer of this content type. */
export function usageReader(contentType: string | undefined): UsageReader {
  return /^text\/event-stream\b/i.test(contentType ?? "") ? eventReader() : wholeReader();
}

function eventReader(): UsageReader {
  const decoder = new TextDecoder();
  let counts: Counts = {};
  let line = "";
  let tooLong = false;
  const endLine = (): void => {
    if (!tooLong && line.startsWith("data:") && mentionsUsage(line)) counts = addCounts(counts, line.slice(5));
    line = "";
    tooLong = false;
  };
  return {
    take(piece) {
      const lines = decoder.decode(piece, { stream: true }).split("\n");
      lines.forEach((part, index) => {
        if (index > 0) endLine();
        if (!tooLong) line += part;
        tooLong ||= line.length > lineLimit;
        if (tooLong) line = "";
      });
    },
    end(whole) {
      endLine();
      return useOf(counts, whole);
    },
  };
}

function wholeReader(): UsageReader {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  return {
    take(piece) {
      bytes += piece.length;
      if (bytes <= wholeLimit) pieces.push(piece);
      else pieces.length = 0;
    },
    end(whole) {
      const text = bytes <= wholeLimit ? new TextDecoder().decode(Buffer.concat(pieces)) : "";
      return useOf(mentionsUsage(text) ? addCounts({}, text) : {}, whole);
    },
  };
}

function mentionsUsage(text: string): boolean {
  return text.includes('"usage') || text.includes('"model');
}

function useOf(counts: Counts, whole: boolean): CallUse {
  const { input, output, cacheWrite } = counts;
  const known = input !== undefined || output !== undefined;
  if (!known) return { counted: false, ...counts };
  return { ...counts, counted: whole, rateTokens: (input ?? 0) + (output ?? 0) + (cacheWrite ?? 0) };
}

/** Later figures of one answer replace earlier ones: every interface counts from the beginning of the answer. */
function addCounts(counts: Counts, text: string): Counts {
  const value = parse(text);
  const parts = Array.isArray(value) ? value : [value];
  return Object.assign({ ...counts }, ...parts.map((part) => (isFields(part) ? countsIn(part) : {}))) as Counts;
}

function countsIn(value: Fields): Counts {
  // Anthropic's first event and OpenAI's last one wrap the answer.
  const wrapped = [value["message"], value["response"]].find(isFields) ?? {};
  const model = [value["model"], wrapped["model"], value["modelVersion"]].find((name) => typeof name === "string");
  const usage = [value["usage"], wrapped["usage"]].find(isFields);
  const gemini = value["usageMetadata"];
  const counted = usage ? countsOfUsage(usage) : isFields(gemini) ? countsOfGemini(gemini) : {};
  return { ...(model !== undefined && { model }), ...counted };
}

function countsOfUsage(usage: Fields): Counts {
  const details = [usage["prompt_tokens_details"], usage["input_tokens_details"]].find(isFields);
  const cached = details && count(details["cached_tokens"]);
  const input = count(usage["prompt_tokens"]) ?? count(usage["input_tokens"]);
  return defined({
    // OpenAI counts what it read from its cache as read; Anthropic does not.
    input: input === undefined ? undefined : Math.max(0, input - (cached ?? 0)),
    output: count(usage["completion_tokens"]) ?? count(usage["output_tokens"]),
    cacheRead: cached ?? count(usage["cache_read_input_tokens"]),
    cacheWrite: count(usage["cache_creation_input_tokens"]),
  });
}

function countsOfGemini(usage: Fields): Counts {
  const cached = count(usage["cachedContentTokenCount"]);
  const input = count(usage["promptTokenCount"]);
  const output = count(usage["candidatesTokenCount"]);
  const thought = count(usage["thoughtsTokenCount"]);
  return defined({
    input: input === undefined ? undefined : Math.max(0, input - (cached ?? 0)),
    output: output === undefined && thought === undefined ? undefined : (output ?? 0) + (thought ?? 0),
    cacheRead: cached,
    cacheWrite: undefined,
  });
}

function defined(counts: Record<keyof Omit<Counts, "model">, number | undefined>): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not what it seemed: nothing is known of what was used.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
