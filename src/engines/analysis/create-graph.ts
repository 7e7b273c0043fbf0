import type { ImplicitDependency, WireEdge, WireGraph } from "../../schema/graph.ts";
import type { Problem } from "../../schema/problem.ts";
import type { RepositoryIndex } from "../../schema/repository-index.ts";
import type { TaskInput } from "../../schema/task.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { assert } from "../../util/assert.ts";
import { checkTasks } from "./check-tasks.ts";
import { findDependencies, toldDependencies } from "./implicit-dependencies.ts";
import { levelsDespiteCycles, taskLevels } from "./graph/levels.ts";
import { buildTaskGraph, taskAdjacency, withEdges, type CyclicTasks, type TaskGraph } from "./graph/task-graph.ts";
import { toWireGraph } from "./graph/wire-graph.ts";

/** What the graph is made from. */
export interface GraphRequest {
  readonly tasks: readonly TaskInput[];
  /** Whether to look for dependencies that nobody stated; default true. */
  readonly detectImplicit?: boolean | undefined;
  /** The whole work in a sentence; tells the step that completes it. */
  readonly goal?: string | undefined;
  /** What is known of the repository that the tasks are about. */
  readonly repository?: RepositoryIndex | undefined;
}

/** The dependency graph of tasks, with what was found about it. */
export interface GraphReport {
  readonly graph: WireGraph;
  readonly implicitDependencies: readonly ImplicitDependency[];
  readonly hasCycles: boolean;
  /** Closed paths; absent when there are none. */
  readonly cycles?: readonly (readonly string[])[];
}

/** Tasks with the dependencies found applied: what every further question is asked of. */
export interface CompleteGraph {
  readonly graph: TaskGraph;
  /** All dependencies found, applied or not. */
  readonly implicit: readonly ImplicitDependency[];
  /** Whether more was found than is kept in memory. */
  readonly leftOut: boolean;
  /** The dependencies found and applied. */
  readonly found: readonly WireEdge[];
}

/**
 * Front door: checks the tasks and gives their dependency graph. A cycle is an answer, not an
 * error; then no implicit dependency is looked for. Plans nothing.
 */
export function createDependencyGraph(request: GraphRequest): Result<GraphReport, Problem> {
  const problem = checkTasks(request.tasks, "tasks");
  if (problem) return failed(problem);
  const complete = completeGraph(request);
  if (!complete.ok) {
    const graph = cyclicWireGraph(request.tasks);
    return ok({ graph, implicitDependencies: [], hasCycles: true, cycles: complete.error.cycles });
  }
  const { graph, implicit, found } = complete.value;
  const wire = toWireGraph({ tasks: graph.tasks, levels: taskLevels(graph), extraEdges: found });
  return ok({ graph: wire, implicitDependencies: toldDependencies(implicit), hasCycles: false });
}

/** Builds the graph of checked tasks, first as stated, then with the dependencies found and applied. */
export function completeGraph(request: GraphRequest): Result<CompleteGraph, CyclicTasks> {
  const tasks = request.tasks.map(withoutRepeatedNeeds);
  const stated = buildTaskGraph(tasks);
  if (!stated.ok) return stated;
  const { dependencies: implicit, leftOut } =
    request.detectImplicit === false ? { dependencies: [], leftOut: false } : findDependencies(stated.value, request);
  const found = implicit.filter((dependency) => dependency.applied).map(toEdge);
  const complete = found.length === 0 ? stated : withEdges(stated.value, found);
  assert(complete.ok, "applied dependencies closed a cycle");
  return ok({ graph: complete.value, implicit, found, leftOut });
}

/** The graph of checked tasks that wait for one another, as callers receive it. */
export function cyclicWireGraph(given: readonly TaskInput[]): WireGraph {
  const tasks = given.map(withoutRepeatedNeeds);
  const levels = levelsDespiteCycles(taskAdjacency(tasks, []).adjacency);
  return toWireGraph({ tasks, levels, extraEdges: [] });
}

function withoutRepeatedNeeds(task: TaskInput): TaskInput {
  const { dependsOn = [] } = task;
  if (dependsOn.length < 2) return task;
  const needs = new Set(dependsOn);
  return needs.size === dependsOn.length ? task : { ...task, dependsOn: [...needs] };
}

function toEdge(dependency: ImplicitDependency): WireEdge {
  return { from: dependency.from, to: dependency.to, type: "implicit", confidence: dependency.confidence };
}
