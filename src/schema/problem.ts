import * as z from "zod";

/** What a code means to callers, and what usually helps. The refusal itself says more. */
interface ProblemMeaning {
  readonly meaning: string;
  readonly advice: string;
}

/** Every reason for which a call can be refused, as docs/tools.md explains it. */
export const problemMeanings = {
  INVALID_ARGUMENT: {
    meaning: "An argument is missing, has the wrong type, is out of range, or contradicts another one.",
    advice: "Correct the field named and call again.",
  },
  UNKNOWN_TOOL: { meaning: "The server has no tool of that name.", advice: "Use one of the tools under allowed." },
  UNKNOWN_ARGUMENT: {
    meaning: "The tool, a task or a limit has no field of that name.",
    advice: "Use the name that the advice proposes, or leave it out.",
  },
  DESCRIPTION_REQUIRED: { meaning: "What is to be done was not said.", advice: "Say it in a sentence or two." },
  TEXT_TOO_LONG: {
    meaning: "A text, an id or an input is longer than allowed.",
    advice: "Shorten it, or put the details into a file of the workspace.",
  },
  NO_TASKS: {
    meaning: "There is nothing to do: no tasks were given, or none are left.",
    advice: "Give tasks, a plan, or an analysis with batches.",
  },
  TOO_MANY_TASKS: {
    meaning: "A call carries more than 2,000 tasks.",
    advice: "Group small tasks, or split the work into several calls.",
  },
  ANALYSIS_TOO_LARGE: {
    meaning: "Analysing the tasks takes too long or too much memory.",
    advice: "Give fewer subtasks, leave out workspace, or set detectImplicit to false.",
  },
  DUPLICATE_TASK_ID: { meaning: "Two tasks have the same id.", advice: "Give each task an id of its own." },
  SELF_DEPENDENCY: { meaning: "A task depends on itself.", advice: "Remove it from its own dependsOn." },
  UNKNOWN_DEPENDENCY: {
    meaning: "A task depends on one that is not there.",
    advice: "Correct the id, or add the task.",
  },
  DEPENDENCY_CYCLE: {
    meaning: "Tasks wait for one another in a circle, so that none could start.",
    advice: "Remove one dependency of each cycle.",
  },
  MINUTES_OUT_OF_RANGE: {
    meaning: "An estimate is not above 0 and at most 1,440 minutes.",
    advice: "Correct it, or leave it out.",
  },
  AGENTS_OUT_OF_RANGE: {
    meaning: "The number of agents is not between 1 and 100.",
    advice: "Leave it out to use the recommended number.",
  },
  UNKNOWN_EXECUTOR: { meaning: "There is no executor of that name.", advice: "Use one of those under allowed." },
  EXECUTOR_NOT_AVAILABLE: {
    meaning: "The executor exists and cannot be used here and now.",
    advice: "Install or name its program, or rehearse with executor simulated.",
  },
  NOT_LOGGED_IN: { meaning: "The agent's program has no login.", advice: "Log in with that program, then call again." },
  NOT_SUPPORTED_YET: {
    meaning: "The option is known by name and not there yet.",
    advice: "Do what the advice says instead.",
  },
  COMMAND_NOT_ALLOWED: {
    meaning: "The call names a command that the user has not allowed.",
    advice: "Ask the user to allow it in the way that the advice shows.",
  },
  WORKSPACE_NOT_FOUND: { meaning: "There is no such folder.", advice: "Name the folder the agents are to work on." },
  WORKSPACE_NOT_A_FOLDER: { meaning: "The workspace is a file.", advice: "Name a folder." },
  WORKSPACE_NOT_ALLOWED: {
    meaning:
      "Agents are not let loose on that place: a root, a home folder, or a repository in a state that cannot be captured.",
    advice: "Name the folder of one project, or put it in the state that the error asks for.",
  },
  WORKSPACE_BUSY: {
    meaning: "Somebody else writes to the workspace at this moment.",
    advice: "Wait until that is over and call again.",
  },
  GIT_NOT_AVAILABLE: { meaning: "git is missing or too old.", advice: "Install git 2.39 or later." },
  PATH_OUTSIDE_WORKSPACE: {
    meaning: "A path leads out of the workspace.",
    advice: "Name files relative to the workspace.",
  },
  FILE_NOT_READABLE: {
    meaning: "A file cannot be read, or is not what it should be.",
    advice: "Correct the path or the file.",
  },
  UNKNOWN_RUN: {
    meaning: "There is no run of that id on this machine.",
    advice: "Call aggregate_progress without arguments to list the recent runs.",
  },
  UNKNOWN_PLAN: { meaning: "There is no plan of that id; plans are kept for 30 days.", advice: "Analyse again." },
  UNKNOWN_TEMPLATE: { meaning: "There is no template of that name.", advice: "Name one of those allowed." },
  UNKNOWN_TASK: { meaning: "The run has no task of that id.", advice: "Call aggregate_progress to see the tasks." },
  WRONG_TASK_STATE: {
    meaning: "What is asked cannot be done to the task as it stands; nothing has changed.",
    advice: "Call aggregate_progress to see where it stands.",
  },
  CANNOT_BE_STEERED: {
    meaning: "The task's agent reads nothing but its task.",
    advice: "Skip the task, or let it end and execute it with a better description.",
  },
  UNKNOWN_QUESTION: {
    meaning: "No open question fits the answer, or several do.",
    advice: "Call aggregate_progress to see the open questions.",
  },
  UNKNOWN_CONFLICT: {
    meaning: "The run has no conflict of that id.",
    advice: "Call detect_conflicts with the executionId to see its conflicts.",
  },
  NOT_RESOLVED: {
    meaning: "The way out that was chosen cannot be gone as things stand; nothing has changed.",
    advice: "Do what the advice says, or choose another way out.",
  },
  UNKNOWN_REF: { meaning: "There is no such branch, tag or commit.", advice: "Correct the name." },
  RUN_NOT_ACTIVE: {
    meaning: "The run has ended or belongs to another process, or the server is about to end.",
    advice: "Look at it with aggregate_progress.",
  },
  RUN_NOT_FINISHED: { meaning: "The run has not ended yet.", advice: "Wait for it, or cancel it first." },
  NOTHING_TO_APPLY: {
    meaning: "The run holds nothing that could be written or taken back.",
    advice: "Look at merge in its result.",
  },
  STORAGE_FAILED: {
    meaning: "A folder or file of the server cannot be written or is damaged.",
    advice: "Make room or correct the permissions, then call again.",
  },
  INTERNAL: {
    meaning: "A fault of the server's own; the details are in its log.",
    advice: "Look whether a run was started before trying again.",
  },
} as const satisfies Readonly<Record<string, ProblemMeaning>>;

/** One of the reasons for which a call can be refused. */
export type ProblemCode = keyof typeof problemMeanings;

/** Every reason for which a call can be refused. */
const problemCodes = Object.keys(problemMeanings) as [ProblemCode, ...ProblemCode[]];

/** An expected failure, said so that a model or a person can act on it. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what is wrong, where, and what would be right. */
  readonly error: string;
  /** The path of the argument at fault, such as `subtasks[2].dependsOn[0]`. */
  readonly field?: string;
  /** The values that would have been accepted, where there are few. */
  readonly allowed?: readonly string[];
  /** A value that would have been accepted. */
  readonly example?: unknown;
  /** What to do next. */
  readonly advice: string;
}

/** The text of a refusal as callers receive it. */
export const refusalSchema = z.object({
  success: z.literal(false),
  code: z.enum(problemCodes),
  error: z.string(),
  field: z.string().optional(),
  allowed: z.array(z.string()).optional(),
  example: z.unknown().optional(),
  advice: z.string(),
});

/** Carries a Problem out of nested code to the nearest front door; never used for bugs. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.error, options);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/** Refuses: throws the problem to the nearest front door. */
export function refuse(problem: Problem): never {
  throw new ProblemError(problem);
}
