import { Worker } from "node:worker_threads";
import type { CodeReader, CodeText } from "../ports/code-reader.ts";
import type { CodeFacts } from "../schema/code-facts.ts";
import { deferred } from "../util/deferred.ts";
import type { FactsAnswer, FactsQuestion } from "./facts-thread.ts";
import { workerLocation } from "./worker-location.ts";

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
  const {
    location = () => workerLocation("facts-worker"),
    parseLimitMs = PARSE_LIMIT_MS,
    silenceLimitMs = SILENCE_LIMIT_MS,
  } = options;
  const waiting: Job[] = [];
  let worker: Worker | undefined;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let [starts, closed] = [0, false];

  /** The thread is gone: its text gets no facts, the next one gets a new thread. */
  const drop = (gone: Worker): void => {
    if (gone !== worker) return;
    worker = undefined;
    finish(undefined);
  };

  const answered = (thread: Worker, answer: FactsAnswer): void => {
    if (thread !== worker) return;
    if ("ready" in answer) starts = 0;
    else finish(answer.facts);
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
    const hopeless = closed || (worker === undefined && starts >= HOPELESS_STARTS);
    if (hopeless) for (const job of waiting.splice(0)) job.settle(undefined);
    current = waiting.shift();
    if (current === undefined) {
      worker?.unref();
      timer = setTimeout(() => void end(), IDLE_LIMIT_MS).unref();
      return;
    }
    clearTimeout(timer);
    if (worker === undefined) {
      starts++;
      worker = startThread(location(), { answered, drop, onFailure: options.onFailure });
    }
    worker.ref();
    ask(worker, { ...current.text, limitMs: parseLimitMs });
    timer = setTimeout(() => {
      options.onFailure?.(`a text of ${current?.text.text.length ?? 0} characters was not read in time`);
      void end();
      finish(undefined);
    }, silenceLimitMs);
  };

  const readOne = async (text: CodeText): Promise<CodeFacts | undefined> => {
    if (closed || text.text.length > LONGEST_TEXT || text.text.includes("\0")) return undefined;
    const { promise, resolve } = deferred<CodeFacts | undefined>();
    waiting.push({ text, settle: resolve });
    advance();
    return await promise;
  };

  return {
    read: async (texts) => await Promise.all(texts.map(readOne)),
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await end();
      finish(undefined);
    },
  };
}

/** What a thread's owner wants to hear. */
interface ThreadEvents {
  readonly answered: (thread: Worker, answer: FactsAnswer) => void;
  readonly drop: (thread: Worker) => void;
  readonly onFailure: ((sentence: string) => void) | undefined;
}

function startThread(location: URL, { answered, drop, onFailure }: ThreadEvents): Worker {
  const thread = new Worker(location, {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  });
  thread.on("message", (answer: FactsAnswer) => answered(thread, answer));
  thread.on("error", (error) => {
    onFailure?.(`the thread that reads code failed: ${error instanceof Error ? error.message : "unknown"}`);
    drop(thread);
  });
  thread.on("exit", () => drop(thread));
  return thread;
}

function ask(thread: Worker, question: FactsQuestion): void {
  thread.postMessage(question, []);
}
