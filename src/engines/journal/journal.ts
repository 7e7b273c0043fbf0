/**
 * The journal of a run: the one truth about it.
 *
 * J1  Events are appended in order and never changed; `seq` counts them from 1 without gaps.
 * J2  A durable event is on disk before anything that follows from it is reported.
 * J3  A torn last line is cut away; damage anywhere else is reported, never skipped.
 *
 * It does not know what events mean.
 */
import type { AppendFile, Files } from "../../ports/files.ts";
import type { EventType, RunEvent } from "../../schema/event.ts";
import type { Problem } from "../../schema/problem.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { decodeLine } from "./journal-line.ts";
import { lineBuffer } from "./line-buffer.ts";

/** Name of the journal in a run's folder. */
const journalName = "events.jsonl";

/** Events that may be lost with the power: they only say how far something is. */
const fleeting: ReadonlySet<EventType> = new Set<EventType>(["task.progressed"]);

/** An open journal. */
export interface Journal {
  /**
   * Appends events. The promise settles when they are written, and flushed to disk if the journal
   * is durable and they matter; appends under way at the same time share one flush (group commit).
   */
  append(events: readonly RunEvent[]): Promise<void>;
  /** Settles when everything appended is written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the journal of a run for appending. `durable: false` is for runs that can be repeated for nothing. */
export async function openJournal(request: {
  readonly files: Files;
  readonly folder: string;
  readonly durable: boolean;
}): Promise<Journal> {
  const { files, folder, durable } = request;
  await files.makeFolder(folder);
  await cutTornEnd(files, folder);
  return groupCommit(await files.openAppend(`${folder}/${journalName}`), durable);
}

/** A line that was cut off by a crash must not grow together with the next one. */
async function cutTornEnd(files: Files, folder: string): Promise<void> {
  const text = await files.readText(`${folder}/${journalName}`);
  if (text === undefined || text === "") return;
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lastLine = whole.slice(whole.lastIndexOf("\n", whole.length - 2) + 1, -1);
  const sound = decodeLine(lastLine) ? whole : whole.slice(0, whole.length - lastLine.length - 1);
  if (sound !== text) await files.writeAtomic(`${folder}/${journalName}`, sound);
}

function groupCommit(file: AppendFile, durable: boolean): Journal {
  const lines = lineBuffer();
  let matters = false;
  let writing: Promise<void> | undefined;

  const writeAll = async (): Promise<void> => {
    // Lines that arrive while a write is under way go out together with the next one.
    while (!lines.isEmpty) {
      const sync = durable && matters;
      matters = false;
      await file.append(lines.take(), sync);
    }
    writing = undefined;
  };
  const flush = (): Promise<void> => writing ?? Promise.resolve();
  return {
    append(events) {
      for (const event of events) {
        lines.add(event);
        matters ||= !fleeting.has(event.type);
      }
      writing ??= Promise.resolve().then(writeAll);
      return writing;
    },
    flush,
    async close() {
      try {
        await flush();
      } finally {
        await file.close();
      }
    },
  };
}

/** Reads a journal back. A run without a journal has no events. */
export async function readJournal(request: {
  readonly files: Files;
  readonly folder: string;
}): Promise<Result<readonly RunEvent[], Problem>> {
  const text = await request.files.readText(`${request.folder}/${journalName}`);
  return decodeJournal(text ?? "", request.folder);
}

function decodeJournal(text: string, folder: string): Result<readonly RunEvent[], Problem> {
  const lines = text.split("\n");
  const events: RunEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const event = decodeLine(line);
    if (event?.seq === events.length + 1) events.push(event);
    else if (index >= lines.length - 2) break;
    else return failed(damaged(folder, index + 1));
  }
  return ok(events);
}

function damaged(folder: string, line: number): Problem {
  return {
    code: "STORAGE_FAILED",
    error: `The journal of this run is damaged in line ${line} of ${folder}/${journalName}.`,
    advice:
      "Nothing was changed. Keep a copy of the folder; the kept results of the run are still in the state folder.",
  };
}
