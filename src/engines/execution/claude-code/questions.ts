import type { AgentReport } from "../executor.ts";
import { cappedLine, cappedText } from "../plain-text.ts";
import type { ToolCall } from "./codec.ts";

const QUESTION_CHARACTERS = 2_000;
const OPTION_CHARACTERS = 200;
const QUESTIONS_A_CALL = 10;
const FREE_ANSWER = "Decide yourself and say in the summary what you decided.";

interface Question {
  /** The key under which the program expects the answer. */
  readonly key: string;
  readonly text: string;
  readonly options: readonly string[];
}

interface AskingCall {
  readonly requestId: string;
  readonly call: ToolCall;
  readonly questions: readonly Question[];
  readonly answers: Record<string, string>;
}

/** Whom the desk talks to. */
export interface DeskLinks {
  /** Starts the ids of this agent's questions; no other attempt at the task has the same. */
  readonly prefix: string;
  ask(question: Extract<AgentReport, { type: "question" }>): void;
  /** All questions of a call are answered: this is the input to go on with. */
  goOn(requestId: string, input: Readonly<Record<string, unknown>>): void;
}

/** Asks an agent's questions one after another, also when it asks several at once, and hands the answers back together. */
export class QuestionDesk {
  readonly #links: DeskLinks;
  #calls: readonly AskingCall[] = [];
  #asked = 0;
  #openId: string | undefined;

  constructor(links: DeskLinks) {
    this.#links = links;
  }

  /** Whether the agent waits for somebody. */
  get waiting(): boolean {
    return this.#calls.length > 0;
  }

  /** Takes a call in; false where it holds no question that could be asked. */
  open(requestId: string, call: ToolCall): boolean {
    const questions = readQuestions(call);
    if (questions.length === 0) return false;
    this.#calls = [
      ...this.#calls,
      { requestId, call, questions, answers: Object.create(null) as Record<string, string> },
    ];
    if (this.#calls.length === 1) this.#askNext();
    return true;
  }

  /** Answers the open question; any other id is of a question that is over. */
  answer(questionId: string, answer: string): void {
    const [current, ...others] = this.#calls;
    if (current === undefined || questionId !== this.#openId) return;
    const question = current.questions[Object.keys(current.answers).length];
    if (question) current.answers[question.key] = answer;
    if (Object.keys(current.answers).length === current.questions.length) {
      this.#calls = others;
      this.#openId = undefined;
      this.#links.goOn(current.requestId, { ...current.call.input, answers: current.answers });
    }
    this.#askNext();
  }

  /** The agent does not want to know any more. */
  withdraw(requestId: string): void {
    const wasOpen = this.#calls[0]?.requestId === requestId;
    this.#calls = this.#calls.filter((asking) => asking.requestId !== requestId);
    if (!wasOpen) return;
    this.#openId = undefined;
    this.#askNext();
  }

  #askNext(): void {
    const current = this.#calls[0];
    const question = current?.questions[Object.keys(current.answers).length];
    if (question === undefined) return;
    this.#asked += 1;
    this.#openId = `${this.#links.prefix}${this.#asked}`;
    const { text, options } = question;
    this.#links.ask({ type: "question", questionId: this.#openId, text, options, fallback: options[0] ?? FREE_ANSWER });
  }
}

function readQuestions(call: ToolCall): readonly Question[] {
  const given = call.input["questions"];
  if (!Array.isArray(given)) return [];
  const questions = given.slice(0, QUESTIONS_A_CALL).flatMap((value: unknown) => readQuestion(value) ?? []);
  // Answers are kept by the question's own text: the same text twice is one question.
  return questions.filter((question, index) => questions.findIndex(({ key }) => key === question.key) === index);
}

function readQuestion(value: unknown): Question | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { question, options } = value as { readonly question?: unknown; readonly options?: unknown };
  if (typeof question !== "string" || question === "") return undefined;
  const choices = (Array.isArray(options) ? options : []).flatMap((option: unknown) => readOption(option) ?? []);
  const explained = choices.flatMap(({ label, description }) =>
    description === "" ? [] : [`- ${label}: ${description}`],
  );
  const text = cappedText([question, ...explained].join("\n"), QUESTION_CHARACTERS);
  return { key: question, text, options: choices.map(({ label }) => label) };
}

function readOption(value: unknown): { readonly label: string; readonly description: string } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { label, description } = value as { readonly label?: unknown; readonly description?: unknown };
  if (typeof label !== "string" || label === "") return undefined;
  return {
    label: cappedLine(label, OPTION_CHARACTERS),
    description: typeof description === "string" ? cappedLine(description, OPTION_CHARACTERS) : "",
  };
}
