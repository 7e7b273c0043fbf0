import * as z from "zod";
import { graphInputSchema } from "./graph.ts";
import { agentResultInputSchema } from "./outcome.ts";
import { agentProgressSchema, aggregationStrategySchema } from "./progress.ts";
import { refsInputSchema } from "./refs-input.ts";
import { taskSchema } from "./task.ts";
import { constraintsSchema } from "./workflow.ts";

/** What a plan is made for. */
export const optimizationGoals = ["minimize-time", "balance-load", "minimize-conflicts"] as const;

const detail = z.enum(["summary", "full"]).optional().describe("full: nothing is cut");
const executionId = z.string().min(1).max(200);
const workspace = z.string().optional().describe("Project folder: its files tell which tasks will meet; only read");
const detectImplicit = z
  .boolean()
  .optional()
  .describe("Also find dependencies that the texts state, or that texts and files suggest; default true");

/** What analyze_task_parallelizability takes. */
export const analyzeInputSchema = z.object({
  taskDescription: z.string().describe("The whole piece of work in a sentence or two"),
  subtasks: z.array(taskSchema).optional().describe("The tasks it consists of, at most 2,000"),
  template: z
    .string()
    .max(100)
    .optional()
    .describe("Instead of subtasks: full-stack, api-service, front-end or microservice, filled in for taskDescription"),
  context: z.unknown().optional().describe("Anything else that matters"),
  maxParallelAgents: z.number().int().optional().describe("1-100; default: as many as help"),
  optimizationGoal: z.enum(optimizationGoals).optional().describe("Default minimize-time"),
  planningBudgetMs: z
    .number()
    .min(0)
    .max(10_000)
    .optional()
    .describe("Milliseconds for finding a shorter schedule; 0 for none, default 50"),
  constraints: constraintsSchema
    .optional()
    .describe("As in execute_parallel_workflow; only resources {name: capacity} counts here"),
  workspace,
  detectImplicit,
  detail,
});

/** What analyze_task_parallelizability takes. */
export type AnalyzeCall = z.infer<typeof analyzeInputSchema>;

/** What create_dependency_graph takes. */
export const createGraphInputSchema = z.object({
  tasks: z.array(taskSchema).describe("The tasks, at most 2,000"),
  workspace,
  detectImplicit,
  detail,
});

/** What optimize_batch_distribution takes. */
export const optimizeInputSchema = z.object({
  tasks: z.array(taskSchema).describe("The tasks, at most 2,000"),
  dependencyGraph: graphInputSchema.optional().describe("The graph of create_dependency_graph, as it is"),
  maxParallelAgents: z.number().int().optional().describe("1-100; default 3"),
  optimizationGoal: z.enum(optimizationGoals).optional().describe("Default minimize-time"),
  detail,
});

/** What detect_conflicts takes: one of agentResults, executionId and refs. */
export const detectInputSchema = z.object({
  agentResults: z
    .array(agentResultInputSchema)
    .optional()
    .describe("What each agent did; a change may carry a unified diff, or content and lineNumbers"),
  executionId: executionId.optional().describe("Instead of agentResults: a run, also while it runs"),
  refs: refsInputSchema.optional().describe("Instead: branches {workspace?, base, heads: [{agentId?, ref}]}"),
  dependencyGraph: graphInputSchema.optional().describe("Tells ordered tasks from independent ones"),
  detail,
});

/** What aggregate_progress takes: agentProgresses, or executionId, or nothing for the recent runs. */
export const aggregateInputSchema = z.object({
  agentProgresses: z.array(agentProgressSchema).optional().describe("Progress of given agents"),
  aggregationStrategy: aggregationStrategySchema.optional().describe("Default simple-average"),
  dependencyGraph: graphInputSchema.optional().describe("For the critical path"),
  executionId: executionId.optional().describe("Instead of agentProgresses: a run"),
  waitSeconds: z
    .number()
    .min(0)
    .max(3_600)
    .optional()
    .describe("Wait this long for the run's end or a question; default 0"),
  sinceSeq: z.number().int().min(0).optional().describe("With waitSeconds: return at the first event after this one"),
  detail,
});

/** What control_workflow can do to a run. */
const controlActions = [
  "answer",
  "cancel",
  "pause",
  "resume",
  "retry",
  "skip",
  "steer",
  "resolve",
  "apply",
  "undo",
  "delete",
] as const;

/** What control_workflow takes. */
export const controlInputSchema = z.object({
  executionId: executionId.describe("The run"),
  action: z.enum(controlActions).describe("What is to be done"),
  taskId: z
    .string()
    .max(200)
    .optional()
    .describe("The task; answer: that asked; resolve: whose result to take or do again"),
  questionId: z.string().max(200).optional().describe("answer: the question, if several are open"),
  answer: z.string().min(1).max(5_000).optional().describe("answer: one of the options, or free text"),
  conflictId: z.string().max(200).optional().describe("resolve: such as c1"),
  option: z.string().max(200).optional().describe("resolve: a strategy the conflict offers"),
  text: z
    .string()
    .max(5_000)
    .optional()
    .describe("steer: what to say; resolve: preview, or continue when files of manual are edited"),
  agentId: z.string().max(200).optional().describe("resolve: instead of taskId, an agent of the conflict"),
  dryRun: z.boolean().optional().describe("resolve: the same as text preview"),
});
