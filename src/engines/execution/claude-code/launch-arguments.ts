/** What an agent may do without having been given a list. */
export const defaultTools: readonly string[] = [
  "Read",
  "Write",
  "Edit",
  "Glob",
  "Grep",
  "NotebookEdit",
  "TodoWrite",
  "TaskCreate",
  "TaskUpdate",
  "TaskList",
];

/** Always there: an agent that may not ask has to guess. */
export const questionTool = "AskUserQuestion";

/** Version 4 and 5 look alike here; the program only wants the form. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What decides how the program is started. */
export interface LaunchRequest {
  /** A fresh UUID; the program refuses one that was used before. */
  readonly sessionId: string;
  /** Tools of the task, as names or as `Name(pattern)`. */
  readonly tools: readonly string[];
  readonly model: string | undefined;
  readonly role: string;
}

/**
 * The arguments of `claude`: both directions as lines of JSON, every permission asked of us, nobody's settings and
 * nobody's MCP servers, and no tools but the task's. Settings of a project can name programs to run and addresses to
 * send keys to, so that agents get its rules as text instead. The task itself is not among them: arguments can be
 * read by every user of the machine.
 */
export function launchArguments(request: LaunchRequest): readonly string[] {
  const { sessionId, tools, model, role } = request;
  if (!uuid.test(sessionId)) throw new Error(`Internal error: ${sessionId} is no UUID`);
  return [
    "-p",
    ...["--input-format", "stream-json"],
    ...["--output-format", "stream-json"],
    "--verbose",
    // It then says when it has read what it was told.
    "--replay-user-messages",
    ...["--permission-prompt-tool", "stdio"],
    ...["--permission-mode", "default"],
    ...["--session-id", sessionId],
    ...["--setting-sources", ""],
    "--strict-mcp-config",
    ...["--mcp-config", '{"mcpServers":{}}'],
    ...["--tools", toolNames(tools).join(",")],
    // One word each: a value that begins with a dash is then never taken for an option.
    `--append-system-prompt=${role}`,
    ...(model === undefined ? [] : [`--model=${model}`]),
  ];
}

/** The names of tools without their patterns, each once, and the one for questions. */
export function toolNames(tools: readonly string[]): readonly string[] {
  const names = tools.flatMap((tool) => /^\s*([A-Za-z][\w-]*)/.exec(tool)?.[1] ?? []);
  return [...new Set([...names, questionTool])];
}
