/**
 * Finds writes of agents outside their own folders where the system does not keep them from it.
 *
 * G1  A folder that has changed before its agent began was changed by somebody else: its agent gets a new one, and who
 *     was at work meanwhile is named. If that is one agent alone, its result is not merged unseen.
 * G2  An agent whose own tool calls say that it wrote elsewhere is taken at its word: neither its result nor that of
 *     whose folder it was is merged unseen.
 * G3  What one agent writes into the folder of another at work, and does not say, cannot be told: a run says so.
 */
import type { EventBody, EventOf } from "../../../schema/event.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { OpenWorkspace, RunWorkspaces } from "../workspaces.ts";

/** Files that are named of one finding. */
const MAX_FILES = 50;

/** The attempt whose folder is looked after. */
export interface GuardedAttempt {
  readonly workspaces: RunWorkspaces;
  readonly view: RunView;
  readonly taskId: string;
  readonly emit: (event: EventBody) => void;
}

type Trespass = EventOf<"workspace.trespassed">;

/** Looks after the folder of one attempt. */
export class FolderGuard {
  readonly #attempt: GuardedAttempt;
  /** A commit of the folder as it was prepared; as it was made if undefined. */
  #prepared: string | undefined;
  readonly #told = new Set<string>();
  readonly #lookups: Promise<void>[] = [];

  constructor(attempt: GuardedAttempt) {
    this.#attempt = attempt;
  }

  /** Takes the folder as it is now for what its agent begins with. */
  async prepared(workspace: OpenWorkspace): Promise<void> {
    const { workspaces } = this.#attempt;
    if (!(await workspaces.keepsApart())) this.#prepared = await workspaces.peek(workspace);
  }

  /** Whether somebody has changed the folder since, while others were at work; it is told then. */
  async isTouched(workspace: OpenWorkspace): Promise<boolean> {
    const { workspaces, taskId, emit } = this.#attempt;
    const others = this.#othersAtWork();
    if (others.length === 0 || (await workspaces.keepsApart())) return false;
    const now = await workspaces.peek(workspace);
    if (now === undefined) return false;
    const changes = await workspaces.changes(this.#prepared ?? workspace.startCommit, now);
    const files = changes.map(({ file }) => file).slice(0, MAX_FILES);
    if (files.length === 0) return false;
    const finding = { type: "workspace.trespassed", certain: false, files } as const;
    emit({ ...finding, taskId, role: "touched", others: [...others] });
    const [only, ...more] = others;
    if (only !== undefined && more.length === 0) emit({ ...finding, taskId: only, role: "wrote", others: [taskId] });
    return true;
  }

  /** The agent's own tool calls say that it has written these files, by their absolute paths. */
  hear(paths: readonly string[]): void {
    const news = paths.filter((path) => !this.#told.has(path));
    for (const path of news) {
      this.#told.add(path);
      const lookup = this.#look(path);
      // Whoever waits for it hears of a failure; nobody has to wait.
      lookup.catch(() => undefined);
      this.#lookups.push(lookup);
    }
  }

  /** Settles when everything heard was told. */
  async settle(): Promise<void> {
    await Promise.all(this.#lookups);
  }

  async #look(path: string): Promise<void> {
    const { view, taskId, emit } = this.#attempt;
    const holder = await this.#holderOf(path);
    if (holder === taskId) return;
    const touched = holder !== undefined && view.tasks.has(holder) ? [holder] : [];
    const finding: Pick<Trespass, "type" | "certain" | "files"> = {
      type: "workspace.trespassed",
      certain: true,
      files: [path],
    };
    emit({ ...finding, taskId, role: "wrote", others: touched });
    for (const other of touched) emit({ ...finding, taskId: other, role: "touched", others: [taskId] });
  }

  /** Undefined too where the path cannot be followed: what an agent names may be too long, locked or a ring of links. */
  async #holderOf(path: string): Promise<string | undefined> {
    try {
      return await this.#attempt.workspaces.holderOf(path);
    } catch (error) {
      if (error instanceof Error && "code" in error) return undefined;
      throw error;
    }
  }

  #othersAtWork(): readonly string[] {
    const { view, taskId } = this.#attempt;
    return [...view.tasks.values()].flatMap(({ id, state, task }) => {
      const isAtWork = (state === "running" || state === "blocked") && task.executorKind !== "simulated";
      return isAtWork && id !== taskId ? [id] : [];
    });
  }
}
