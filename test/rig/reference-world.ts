/** The tools as callers of the six-tool server call them, without a process. */
import { readAnswer, type ReferenceAnswer, type ReferenceTool } from "./reference-shapes.ts";
import { answerOf, refusalOf, toolWorld } from "./tool-world.ts";

/** Calls a tool that answers by itself; throws unless its caller can read the answer. */
export async function ask<Tool extends ReferenceTool>(tool: Tool, args: object): Promise<ReferenceAnswer<Tool>> {
  const reply = await toolWorld().call(tool, { ...args });
  return readAnswer(tool, answerOf(reply));
}

/** The error of a call that is refused. */
export async function refusedWith(tool: ReferenceTool, args: object): Promise<string> {
  return String(refusalOf(await toolWorld().call(tool, { ...args }))["error"]);
}

/** A task with minutes and dependencies. */
export function step(id: string, description: string, minutes?: number, dependsOn?: readonly string[]): object {
  return {
    id,
    description,
    ...(minutes === undefined ? {} : { estimatedMinutes: minutes }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
  };
}

/** A result of agent N for task N that has modified these files. */
export function resultOf(number: number, files: readonly string[], more: object = {}): object {
  return {
    agentId: `agent-${number}`,
    taskId: `task-${number}`,
    success: true,
    filesModified: files,
    changes: files.map((file) => ({ file, type: "modify" })),
    duration: 100,
    ...more,
  };
}

/** Progress of one agent. */
export function progressOf(agentId: string, percentComplete: number, status = "working", more: object = {}): object {
  return { agentId, currentTask: `task of ${agentId}`, percentComplete, status, ...more };
}
