import type { EventOf } from "../../../schema/event.ts";
import type { Attempt } from "./attempt.ts";

/** Hands what somebody has to say to the agent of an attempt, and says what became of it. */
export function handOver(
  { taskId, steerId, text }: EventOf<"task.steer-requested">,
  attempt: Attempt | undefined,
): EventOf<"task.steered"> {
  const reason = attempt === undefined ? "no agent is at work on it" : reasonNot(attempt, text);
  return { type: "task.steered", taskId, steerId, ...(reason !== undefined && { reason }) };
}

function reasonNot({ agent }: Attempt, text: string): string | undefined {
  if (agent === undefined) return "its agent has not begun yet";
  if (agent.steer === undefined) return "its agent takes no messages";
  return agent.steer(text) ? undefined : "its agent reads nothing any more";
}
