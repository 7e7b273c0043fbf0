/**
 * The lines of a journal: an event is a line of JSON. Its last field is the CRC-32 of everything before that field, so
 * that a torn or altered line is found and every line still is plain JSON.
 */
import { eventBodySchema, type RunEvent } from "../../schema/event.ts";
import { crc32 } from "../../util/crc32.ts";

/** Version of the line format; a reader refuses newer ones. */
export const journalVersion = 1;

const crcField = /,"crc":"([0-9a-f]{8})"\}$/;

/** Reads a line back; undefined when it is torn, altered or of another format. */
export function decodeLine(line: string): RunEvent | undefined {
  const match = crcField.exec(line);
  if (!match || crc32(line.slice(0, match.index)) !== match[1]) return undefined;
  const fields = JSON.parse(line) as { v?: number; seq?: number; at?: number };
  const body = eventBodySchema.safeParse(fields);
  if (fields.v !== journalVersion || !body.success) return undefined;
  if (typeof fields.seq !== "number" || typeof fields.at !== "number") return undefined;
  return { ...body.data, seq: fields.seq, at: fields.at };
}
