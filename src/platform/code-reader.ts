import { Worker } from "node:worker_threads";
import type { CodeReader, CodeText } from "../ports/code-reader.ts";
import type { CodeFacts } from "../schema/code-facts.ts";
import type { FactsAnswer, FactsQuestion } from "./facts-thread.ts";
import { factsWorkerLocation } from "./facts-worker-location.ts";

/** Texts with more UTF-16 units are not read: they are data or made by programs. */
const LONGEST_TEXT = 1_000_000;
/** Time that parsing one text may take. */
const PARSE_LIMIT_MS = 5_000;
/** Time after which a thread that does not answer is ended; loading a grammar counts. */
const SILENCE_LIMIT_MS = 30_000;
/** Time after which a thread without work is ended, to give its memory back. */
const IDLE_LIMIT_MS = 60_000;
/** Memory of the thread's own objects. */
const THREAD_MEMORY_MB = 1_024;
/** Threads that die one after another before they can work; then no more are started. */
const HOPELESS_STARTS = 2;

/** A reader that has a thread, started when it is first needed. */
export interface ThreadedCodeReader extends CodeReader {
  /** Ends the thread; questions that are open are answered by undefined. */
  close(): Promise<void>;
}

/** What a test may set. */
export interface CodeReaderOptions {
  readonly location?: () => URL;
  readonly parseLimitMs?: number;
  readonly silenceLimitMs?: number;
  /** Told why a text was not read, where it is not the text's size. */
  readonly onFailure?: (sentence: string) => void;
}

interface Job {
  readonly text: CodeText;
  readonly settle: (facts: CodeFacts | undefined) => void;
}

/**
 * Reads facts in a thread of its own, one text after another. A thread that dies or falls silent costs the answer
 * for its text and is replaced. The thread keeps the process alive only while a question is open.
 */
export function createCodeReader(options: CodeReaderOptions = {}): ThreadedCodeReader {
  const { location = factsWorkerLocation, parseLimitMs = PARSE_LIMIT_MS, silenceLimitMs = SILENCE_LIMIT_MS } = options;
  const waiting: Job[] = [];
  let worker: Worker | undefined;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let starts = 0;
  let closed = false;

  const start = (): Worker => {
    starts++;
    const started = new Worker(location(), {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
    });
    started.on("message", (answer: FactsAnswer) => {
      if (started !== worker) return;
      if ("ready" in answer) starts = 0;
      else finish(answer.facts);
    });
    started.on("error", (error) => {
      options.onFailure?.(`the thread that reads code failed: ${error instanceof Error ? error.message : "unknown"}`);
      drop(started);
    });
    started.on("exit", () => drop(started));
    return started;
  };

  /** The thread is gone: its text gets no facts, the next one gets a new thread. */
  const drop = (gone: Worker): void => {
    if (gone !== worker) return;
    worker = undefined;
    finish(undefined);
  };

  const end = async (): Promise<void> => {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };

  const finish = (facts: CodeFacts | undefined): void => {
    clearTimeout(timer);
    const done = current;
    current = undefined;
    done?.settle(facts);
    advance();
  };

  const advance = (): void => {
    if (current !== undefined) return;
    current = waiting.shift();
    if (current === undefined) {
      worker?.unref();
      timer = setTimeout(() => void end(), IDLE_LIMIT_MS).unref();
      return;
    }
    if (closed || (worker === undefined && starts >= HOPELESS_STARTS)) {
      finish(undefined);
      return;
    }
    clearTimeout(timer);
    worker ??= start();
    worker.ref();
    worker.postMessage({ ...current.text, limitMs: parseLimitMs } satisfies FactsQuestion);
    timer = setTimeout(() => {
      options.onFailure?.(`a text of ${current?.text.text.length ?? 0} characters was not read in time`);
      void end();
      finish(undefined);
    }, silenceLimitMs);
  };

  const readOne = async (text: CodeText): Promise<CodeFacts | undefined> => {
    if (closed || text.text.length > LONGEST_TEXT || text.text.includes("\0")) return undefined;
    return await new Promise((settle) => {
      waiting.push({ text, settle });
      advance();
    });
  };

  return {
    read: async (texts) => await Promise.all(texts.map(readOne)),
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await end();
      finish(undefined);
      clearTimeout(timer);
    },
  };
}
