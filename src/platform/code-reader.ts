import type { Worker } from "node:worker_threads";
import type { CodeReader, CodeText } from "../ports/code-reader.ts";
import type { CodeFacts } from "../schema/code-facts.ts";
import { deferred } from "../util/deferred.ts";
import type { FactsAnswer, FactsQuestion } from "./facts-thread.ts";
import { startThread } from "./start-thread.ts";
import { workerLocation } from "./worker-location.ts";

/** Texts with more UTF-16 units are not read: they are data or made by programs. */
const LONGEST_TEXT = 1_000_000;
/** Time that parsing one text may take. */
const PARSE_LIMIT_MS = 5_000;
/** Time after which a thread that does not answer is ended; loading a grammar counts. */
const SILENCE_LIMIT_MS = 30_000;
/** Time after which a thread without work is ended, to give its memory back. */
const IDLE_LIMIT_MS = 60_000;
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
  return new ThreadReader(options);
}

class ThreadReader implements ThreadedCodeReader {
  readonly #options: CodeReaderOptions;
  readonly #waiting: Job[] = [];
  #thread: Worker | undefined;
  #current: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #starts = 0;
  #closed = false;

  constructor(options: CodeReaderOptions) {
    this.#options = options;
  }

  read(texts: readonly CodeText[]): Promise<(CodeFacts | undefined)[]> {
    return Promise.all(texts.map((text) => this.#readOne(text)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#end();
    this.#finish(undefined);
  }

  async #readOne(text: CodeText): Promise<CodeFacts | undefined> {
    if (this.#closed || !isReadable(text)) return undefined;
    const { promise, resolve } = deferred<CodeFacts | undefined>();
    this.#waiting.push({ text, settle: resolve });
    this.#advance();
    return promise;
  }

  #advance(): void {
    if (this.#current !== undefined) return;
    const hopeless = this.#closed || (this.#thread === undefined && this.#starts >= HOPELESS_STARTS);
    if (hopeless) for (const job of this.#waiting.splice(0)) job.settle(undefined);
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) {
      this.#thread?.unref();
      this.#timer = setTimeout(() => void this.#end(), IDLE_LIMIT_MS).unref();
      return;
    }
    clearTimeout(this.#timer);
    const { parseLimitMs = PARSE_LIMIT_MS, silenceLimitMs = SILENCE_LIMIT_MS } = this.#options;
    this.#thread ??= this.#start();
    this.#thread.ref();
    ask(this.#thread, { ...this.#current.text, limitMs: parseLimitMs });
    this.#timer = setTimeout(() => this.#giveUp(), silenceLimitMs);
  }

  #start(): Worker {
    const { location = () => workerLocation("facts-worker"), onFailure } = this.#options;
    this.#starts += 1;
    return startReading(location(), {
      answered: (thread, answer) => this.#hear(thread, answer),
      drop: (thread) => this.#drop(thread),
      onFailure,
    });
  }

  #hear(thread: Worker, answer: FactsAnswer): void {
    if (thread !== this.#thread) return;
    if ("ready" in answer) this.#starts = 0;
    else this.#finish(answer.facts);
  }

  /** The thread is gone: its text gets no facts, the next one gets a new thread. */
  #drop(gone: Worker): void {
    if (gone !== this.#thread) return;
    this.#thread = undefined;
    this.#finish(undefined);
  }

  #giveUp(): void {
    this.#options.onFailure?.(`a text of ${this.#current?.text.text.length ?? 0} characters was not read in time`);
    void this.#end();
    this.#finish(undefined);
  }

  #finish(facts: CodeFacts | undefined): void {
    clearTimeout(this.#timer);
    const done = this.#current;
    this.#current = undefined;
    done?.settle(facts);
    this.#advance();
  }

  async #end(): Promise<void> {
    const ended = this.#thread;
    this.#thread = undefined;
    await ended?.terminate();
  }
}

function isReadable({ text }: CodeText): boolean {
  return text.length <= LONGEST_TEXT && !text.includes("\0");
}

/** What a thread's owner wants to hear. */
interface ThreadEvents {
  readonly answered: (thread: Worker, answer: FactsAnswer) => void;
  readonly drop: (thread: Worker) => void;
  readonly onFailure: ((sentence: string) => void) | undefined;
}

function startReading(location: URL, { answered, drop, onFailure }: ThreadEvents): Worker {
  const thread = startThread(location);
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
