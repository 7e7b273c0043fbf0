/**
 * What the scripted model says, decided from the request alone.
 *
 * The script is the last `[[script:NAME]]` in the user's text; the step is the number of assistant messages after the
 * last user message that carries a marker. Nothing is remembered between requests, so any number of agents can share
 * one model, and a resumed session goes on where its transcript stands. A request that offers no tools is the agent's
 * own side business (a title, a summary) although it may quote the prompt: it gets "ok", never a step.
 */

/** One tool call the model asks for. */
interface ToolUse {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the model does with one request: an answer, or a failure, after an optional wait. */
export interface Step {
  /** Text of the answer, put before the tool calls. */
  readonly say?: string;
  readonly use?: readonly ToolUse[];
  /** Wait this long before the answer. */
  readonly delayMs?: number;
  /** Hold the answer until the test calls `release` with this name. */
  readonly gate?: string;
  /** Never answer; the connection stays open until one side closes it. */
  readonly hang?: true;
  /** Answer with this HTTP error instead. */
  readonly status?: number;
  /** Extra response headers, such as `retry-after` or rate-limit figures. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Tokens the answer is said to have cost; 1000 in and 50 out where not given. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

/** What a script may look at to decide its steps. */
interface ScriptContext {
  /** The directory of the last `[[cwd:...]]` in the user's text, "." without one. */
  readonly cwd: string;
  /** Text of the newest tool results, "" before the first. */
  readonly lastToolResult: string;
  /** All text of the user so far, tool results left out. */
  readonly userText: string;
  /** How often this session asked for this very step before: 0 first, more for an agent that retries. */
  readonly attempt: number;
}

/** The steps of one conversation as a function of its context; past its last step the model says "ok". */
type Script = (context: ScriptContext) => readonly Step[];

/** The scripts of one server by name. */
export type Scripts = Readonly<Record<string, Script>>;

/** The parts of a Messages API request that the rig reads. */
export interface MessagesBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly system?: string | readonly ContentBlock[];
  readonly messages?: readonly Message[];
  readonly tools?: readonly { readonly name: string; readonly description?: string }[];
}

/** One message of the conversation an agent sends. */
interface Message {
  readonly role: string;
  readonly content: string | readonly ContentBlock[];
}

/** One block of a message; which fields are present depends on `type`. */
interface ContentBlock {
  readonly type: string;
  readonly text?: string;
  readonly content?: string | readonly ContentBlock[];
  readonly is_error?: boolean;
}

/** Where in which script a request stands. */
export interface Position {
  /** Undefined without a marker, with a name no script has, and for side requests. */
  readonly script: string | undefined;
  readonly step: number;
  readonly toolNames: readonly string[];
  readonly context: Omit<ScriptContext, "attempt">;
}

const SCRIPT_MARKER = /\[\[script:([^\]]+)\]\]/g;
/** What Claude Code puts in the model's place when it resumes a transcript that ends with the user's turn. */
const FILLER = "No response requested.";
const CWD_MARKER = /\[\[cwd:([^\]]+)\]\]/g;

/** Reads from a request which script and step it asks for. */
export function positionOf(body: MessagesBody, scripts: Scripts): Position {
  const messages = body.messages ?? [];
  const toolNames = (body.tools ?? []).map((tool) => tool.name);
  const userText = messages.flatMap(userTexts).join("\n");
  const named = lastMatch(SCRIPT_MARKER, userText);
  const known = toolNames.length > 0 && named !== undefined && Object.hasOwn(scripts, named);
  const marked = messages.findLastIndex(
    (message) => lastMatch(SCRIPT_MARKER, userTexts(message).join("\n")) !== undefined,
  );
  return {
    script: known ? named : undefined,
    step: messages.slice(marked + 1).filter(isAnswer).length,
    toolNames,
    context: { cwd: lastMatch(CWD_MARKER, userText) ?? ".", lastToolResult: newestToolResults(messages), userText },
  };
}

/** The step at a position; `attempt` counts the earlier requests for it. */
export function stepAt(position: Position, attempt: number, scripts: Scripts): Step {
  const script = position.script === undefined ? undefined : scripts[position.script];
  const steps = script?.({ ...position.context, attempt }) ?? [];
  return steps[position.step] ?? { say: "ok" };
}

function isAnswer({ role, content }: Message): boolean {
  if (role !== "assistant") return false;
  return typeof content === "string" ? content !== FILLER : content.some((block) => block.text !== FILLER);
}

function userTexts(message: Message): string[] {
  if (message.role !== "user") return [];
  if (typeof message.content === "string") return [message.content];
  return message.content.flatMap((block) => (block.type === "text" && block.text !== undefined ? [block.text] : []));
}

function newestToolResults(messages: readonly Message[]): string {
  const newest = messages.findLast((message) => toolResults(message).length > 0);
  return newest === undefined ? "" : toolResults(newest).map(textOf).join("\n");
}

function toolResults({ content }: Message): readonly ContentBlock[] {
  return typeof content === "string" ? [] : content.filter((block) => block.type === "tool_result");
}

function textOf({ content }: ContentBlock): string {
  return typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");
}

function lastMatch(pattern: RegExp, text: string): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}
