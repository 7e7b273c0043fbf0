/** Migrations that two sides put in the same place of the order. */
import type { CodeTree } from "../code-tree.ts";
import { folderOf, nameOf } from "../../../util/path-parts.ts";
import type { Finding } from "./finding.ts";
import type { MergedPair } from "./pair.ts";
import type { SideReading } from "./side-reading.ts";

const ENDINGS = /\.(?:sql|py|rb|php|[cm]?[jt]s|go|java|cs|kt|ex|exs|ya?ml|xml)$/;

/** Finds migrations of both sides with one number, or with one predecessor. */
export async function migrationNumbers(pair: MergedPair): Promise<readonly Finding[]> {
  const [mine, theirs] = await Promise.all(pair.sides.map((side) => addedMigrations(pair.base, side)));
  const found: Finding[] = [];
  for (const one of mine ?? []) {
    for (const other of theirs ?? []) {
      if (one.path === other.path || one.place !== other.place || one.stem === other.stem) continue;
      if (!pair.merged.has(one.path) || !pair.merged.has(other.path)) continue;
      if (found.some(({ key }) => key === `migration ${one.place}`)) continue;
      found.push({
        rule: "migration-number",
        tier: "conflict",
        sentence: `$0 adds ${one.path} and $1 adds ${other.path}: both are ${one.says}`,
        places: [
          { side: 0, file: one.path, startLine: 0, endLine: 0 },
          { side: 1, file: other.path, startLine: 0, endLine: 0 },
        ],
        key: `migration ${one.place}`,
      });
    }
  }
  return found;
}

interface Migration {
  readonly path: string;
  /** Folder and number, or the predecessor. */
  readonly place: string;
  readonly stem: string;
  readonly says: string;
}

async function addedMigrations(base: CodeTree, { side }: SideReading): Promise<readonly Migration[]> {
  const migrations: Migration[] = [];
  for (const { path, kind } of side.changes) {
    if (kind === "deleted" || kind === "modified" || base.has(path) || !ENDINGS.test(path)) continue;
    const number = numberOf(path);
    const folder = folderOf(path);
    if (number !== undefined && isNumbered(base.filesIn(folder), folder)) {
      migrations.push({ path, place: `${folder} ${BigInt(number)}`, stem: stemOf(path), says: `number ${number}` });
    }
    const text = path.endsWith(".py") ? await side.tree.text(path) : undefined;
    const former = text && /^down_revision\b[^=\n]*=\s*["']([^"']+)["']/m.exec(text)?.[1];
    if (former) {
      const says = `the one after revision ${former}`;
      migrations.push({ path, place: `${folder} after ${former}`, stem: stemOf(path), says });
    }
  }
  return migrations;
}

/** The folders in which both sides may add migrations; sides that share one are compared. */
export function migrationTopics({ side }: SideReading): readonly string[] {
  const added = side.changes.filter(({ path, kind }) => (kind === "added" || kind === "renamed") && ENDINGS.test(path));
  const numbered = added.filter(({ path }) => numberOf(path) !== undefined || /versions\/[^/]+\.py$/.test(path));
  return [...new Set(numbered.map(({ path }) => `migrations ${folderOf(path)}`))];
}

function numberOf(path: string): string | undefined {
  return /^V?(\d+(?:_\d+){0,4})(?=[_.-])/i.exec(nameOf(path))?.[1]?.replaceAll("_", "");
}

/** The two directions of one migration have one stem. */
function stemOf(path: string): string {
  return nameOf(path).replace(/(?:[._-](?:up|down))?\.\w+$/, "");
}

/** Whether the numbers of a folder are an order: it says so by its name, or its files have a number each, no two the same. */
function isNumbered(files: readonly string[], folder: string): boolean {
  const known = new Map<string, string>();
  for (const path of files) {
    const number = ENDINGS.test(path) ? numberOf(path) : undefined;
    if (number === undefined) continue;
    const stem = stemOf(path);
    if (known.has(number) && known.get(number) !== stem) return false;
    known.set(number, stem);
  }
  return known.size > 1 || /migrat|(?:^|\/)(?:db|alembic|flyway)(?:\/|$)/i.test(folder);
}
