import type { AgentError } from "../../schema/outcome.ts";
import type { AgentEnd, StopReason } from "../execution/executor.ts";

/** The end of an attempt that was stopped from outside. */
export function stoppedEnd(stop: { readonly reason: StopReason; readonly message: string }): AgentEnd {
  const name = stop.reason === "timeout" ? "Timeout" : "Cancelled";
  return {
    success: false,
    partial: true,
    error: {
      name,
      message: stop.message,
      retryable: stop.reason === "timeout",
      options: stop.reason === "timeout" ? ["give it more timeoutMinutes", "split the task"] : ["run it again"],
    },
  };
}

/** The end of an attempt whose setup or verify command failed. */
export function failedProgram(name: "SpawnFailed" | "VerifyFailed", message: string): AgentEnd {
  const options = ["look at the command's output in the message", "correct the command or the task", "retry the task"];
  return { success: false, partial: true, error: { name, message, retryable: name === "VerifyFailed", options } };
}

/** What an agent left behind cannot be read. */
export function lostWork(reason: string): AgentError {
  return {
    name: "AgentError",
    message: `what the agent left behind could not be read: ${reason}`,
    retryable: true,
    options: ["retry the task"],
  };
}
