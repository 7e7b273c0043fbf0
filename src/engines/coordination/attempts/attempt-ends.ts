/** How attempts end that their agent does not end itself. */
import type { AgentError } from "../../../schema/outcome.ts";
import type { AgentEnd, StopReason } from "../../execution/executor.ts";

/** Why an attempt was stopped from outside. */
export type Stop =
  | { readonly reason: StopReason; readonly message: string }
  | { readonly reason: "limit"; readonly error: () => AgentError };

/** Of an attempt that was stopped. */
export function stoppedEnd(stop: Stop): AgentEnd {
  if (stop.reason === "limit") return { success: false, partial: true, error: stop.error() };
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

/** Of an attempt whose setup or verification failed. */
export function failedProgram(name: "SpawnFailed" | "VerifyFailed", message: string): AgentEnd {
  const options = ["look at the command's output in the message", "correct the command or the task", "retry the task"];
  return { success: false, partial: true, error: { name, message, retryable: name === "VerifyFailed", options } };
}

/** Why an attempt failed whose folder cannot be read. */
export function lostWork(reason: string): AgentError {
  return {
    name: "AgentError",
    message: `what the agent left behind could not be read: ${reason}`,
    retryable: true,
    options: ["retry the task"],
  };
}
