import { ProtocolError, ProtocolErrorCode, type GetPromptResult, type Prompt } from "@modelcontextprotocol/server";

interface PromptDefinition extends Prompt {
  write(args: Readonly<Record<string, string>>): string;
}

const executionId = { name: "executionId", description: "The run; default: the latest", required: false };

const definitions: readonly PromptDefinition[] = [
  {
    name: "parallelize",
    title: "Do this in parallel",
    description: "Split a goal into tasks, analyse them, show the plan, and execute it with several agents",
    arguments: [{ name: "goal", description: "What is to be done", required: true }],
    write: ({ goal = "" }) =>
      `Do this with several agents in parallel:\n\n${goal}\n\n` +
      "1. Look at the project and split the goal into tasks: an id, a description that an agent can work from alone, dependsOn, estimatedMinutes, and writes (globs of the files).\n" +
      "2. Call analyze_task_parallelizability with them and show me the summary.\n" +
      "3. If it is worth it, ask me whether to go on and with which executor; else say why not and do the work yourself.\n" +
      "4. Call execute_parallel_workflow with the planId, and follow next until the status is final.\n" +
      "5. Show me the summary, what was merged, and what was held and why.",
  },
  {
    name: "review_conflicts",
    title: "Review conflicts",
    description: "Go through what a run held back and help to decide",
    arguments: [executionId],
    write: (args) =>
      `${findRun(args)}\nCall detect_conflicts with its executionId. For each conflict of medium severity or worse show me both sides with their places, say what each agent meant, and recommend one of the resolutionOptions with what it would lose. Change nothing before I have decided; then call control_workflow with action resolve, first with text "preview", and carry it out when I agree.`,
  },
  {
    name: "explain_run",
    title: "Explain a run",
    description: "Say what a run did, what it cost, and what is left to do",
    arguments: [executionId],
    write: (args) =>
      `${findRun(args)}\nCall aggregate_progress with its executionId and detail "full". Tell me in a few sentences what was done, what failed and why, what is in my files now, how long it took against one by one, and what I should do next. Show the summary first.`,
  },
];

function findRun({ executionId: id }: Readonly<Record<string, string>>): string {
  if (id !== undefined && id !== "") return `Look at the run ${id}.`;
  return "Call aggregate_progress without arguments and take the latest run.";
}

/** The prompts that people can choose. */
export function listPrompts(): Prompt[] {
  return definitions.map(({ write: _write, ...prompt }) => prompt);
}

/** A prompt filled in with its arguments. */
export function getPrompt(name: string, args: Readonly<Record<string, string>> = {}): GetPromptResult {
  const prompt = definitions.find((each) => each.name === name);
  if (prompt === undefined) {
    const names = definitions.map((each) => each.name).join(", ");
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt; there are ${names}`);
  }
  const missing = prompt.arguments?.find((argument) => argument.required === true && !args[argument.name]);
  if (missing) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${name} needs the argument ${missing.name}`);
  return {
    description: prompt.description ?? name,
    messages: [{ role: "user", content: { type: "text", text: prompt.write(args) } }],
  };
}
