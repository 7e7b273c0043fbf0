import { refuse } from "../../../schema/problem.ts";
import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { narrowedIndex } from "../../analysis/evidence/narrowed-index.ts";
import { surveyRepository, type SurveyWorld } from "../../survey/survey-repository.ts";
import { isForbiddenWorkspace, resolveWorkspace, type Surroundings } from "./resolve-workspace.ts";

/**
 * Looks at the files of the folder that a call names, for an analysis of the tasks given: of the words only those are
 * kept that the texts of the tasks hold. Refuses a folder
 * that is not there, and the root and the home folder, which hold more than one project.
 */
export function workspaceSurvey(
  world: SurveyWorld & { readonly surroundings: Surroundings },
): (workspace: string, tasks: readonly TaskInput[]) => Promise<RepositoryIndex> {
  return async (workspace, tasks) =>
    narrowedIndex(await surveyWorkspace(world, workspace), { tasks, turn: () => world.reader.turn() });
}

async function surveyWorkspace(
  world: SurveyWorld & { readonly surroundings: Surroundings },
  argument: string,
): Promise<RepositoryIndex> {
  const { path } = resolveWorkspace({ argument, origin: {}, surroundings: world.surroundings });
  if (isForbiddenWorkspace(path, world.surroundings)) {
    refuse({
      code: "WORKSPACE_NOT_ALLOWED",
      error: `${path} is no single project, and is not looked through.`,
      field: "workspace",
      advice: "Name the folder of the project, or leave the workspace out.",
    });
  }
  return surveyRepository(world, path);
}
