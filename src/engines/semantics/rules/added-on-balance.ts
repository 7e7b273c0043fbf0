/** What a result adds in all its files together: a use that only goes from one place to another is none that it begins. */
import type { CodeFacts } from "../../../schema/code-facts.ts";
import type { Finding } from "./finding.ts";
import { referenceKey, type AddedImport, type SideReading } from "./side-reading.ts";

/** The additions of a result without those that it has taken away elsewhere, and without those of files that could not be compared. */
export function addedOnBalance(reading: SideReading): SideReading {
  const files = reading.files.filter(({ before, after }) => !before?.broken && !after?.broken);
  const paths = new Set(files.map(({ change }) => change.path));
  const balance = new Map<string, number>();
  const count = (facts: CodeFacts | undefined, by: 1 | -1): void => {
    for (const reference of facts?.references ?? []) add(balance, `use ${referenceKey(reference)}`, by);
    for (const each of facts?.imports ?? []) {
      add(balance, `import ${wordOf(each.module)}`, by);
      for (const { imported } of each.names) add(balance, `import ${importedWord(imported, each.module)}`, by);
    }
  };
  for (const { before, after } of files) {
    count(before, -1);
    count(after, 1);
  }
  const isMore = (key: string): boolean => (balance.get(key) ?? 0) > 0;
  return {
    ...reading,
    files,
    uses: reading.uses.filter(({ path, reference }) => paths.has(path) && isMore(`use ${referenceKey(reference)}`)),
    imports: reading.imports.filter((added) => paths.has(added.path) && isMore(`import ${wordOfAdded(added)}`)),
  };
}

function add(balance: Map<string, number>, key: string, by: number): void {
  balance.set(key, (balance.get(key) ?? 0) + by);
}

function wordOfAdded({ name, import: each }: AddedImport): string {
  return name === undefined ? wordOf(each.module) : importedWord(name, each.module);
}

/** A default has no name but that of its module. */
function importedWord(imported: string, module: string): string {
  return imported === "default" ? `default of ${wordOf(module)}` : imported;
}

/** What a module is called wherever it lies. */
function wordOf(module: string): string {
  return module.split(/[/\\.:]+/).findLast((part) => part !== "" && !/^[cm]?[jt]sx?$/.test(part)) ?? module;
}

/** Whether the name of a finding is used more often than before; a use that is only written otherwise is not new. */
export function areNewInAll({ files }: SideReading, { rule, places }: Finding): boolean {
  const name = places[0]?.symbol;
  if (rule !== "name-gone" || name === "default") return true;
  const uses = (facts: CodeFacts | undefined): number =>
    (facts?.references.filter((each) => each.name === name).length ?? 0) +
    (facts?.imports.flatMap((each) => each.names).filter((each) => each.imported === name).length ?? 0);
  return files.reduce((sum, { before, after }) => sum + uses(after) - uses(before), 0) > 0;
}
