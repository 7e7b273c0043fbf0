/** What manifests of package managers ask for, read line by line so that also a key that stands twice is seen. */
import { nameOf } from "../../../util/path-parts.ts";

/** A package a manifest asks for. */
export interface PackageDemand {
  readonly name: string;
  readonly range: string;
  readonly line: number;
  /** Versions it is compared by; `none` where any two can be reconciled. */
  readonly dialect: "npm" | "python" | "none";
}

/** Reads what a manifest asks for; undefined for files that are none. */
export function readDemands(path: string, text: string): readonly PackageDemand[] | undefined {
  const name = nameOf(path);
  if (name === "package.json") return packageJson(text);
  if (name === "go.mod") return goMod(text);
  if (name === "pyproject.toml") return pyproject(text);
  if (/^requirements[\w.-]*\.(?:txt|in)$/.test(name)) return requirements(text);
  return undefined;
}

function packageJson(text: string): readonly PackageDemand[] {
  const demands: PackageDemand[] = [];
  let inside = false;
  text.split("\n").forEach((line, index) => {
    if (/"(?:dependencies|devDependencies|peerDependencies|optionalDependencies)"\s*:\s*\{/.test(line)) inside = true;
    const found = inside && /^\s*"([^"]+)"\s*:\s*"([^"]*)"/.exec(line);
    if (found) demands.push({ name: found[1] ?? "", range: found[2] ?? "", line: index + 1, dialect: "npm" });
    if (inside && line.includes("}")) inside = false;
  });
  return demands;
}

function goMod(text: string): readonly PackageDemand[] {
  return text.split("\n").flatMap((line, index): PackageDemand[] => {
    const found = /^\s*(?:require\s+)?(([\w.-]+)\/\S+)\s+(v\S+)/.exec(line);
    const [, name = "", host = "", range = ""] = found ?? [];
    if (!host.slice(1, -1).includes(".")) return [];
    // Go takes the highest version asked for, so that two demands are never in conflict.
    return [{ name, range, line: index + 1, dialect: "none" }];
  });
}

function requirements(text: string): readonly PackageDemand[] {
  return text.split("\n").flatMap((line, index) => pythonDemand(line.replace(/\s#.*$/, ""), index + 1));
}

function pyproject(text: string): readonly PackageDemand[] {
  const demands: PackageDemand[] = [];
  let section = "";
  let list = "";
  text.split("\n").forEach((line, index) => {
    section = /^\[{1,2}([^\]]+)\]/.exec(line)?.[1] ?? section;
    if (/^\s*\[/.test(line)) list = "";
    list = /^\s*([\w-]+)\s*=\s*\[/.exec(line)?.[1] ?? list;
    if (/poetry.*dependencies/.test(section)) {
      const found = /^([\w.-]+)\s*=\s*(?:\{.*?version\s*=\s*)?["']([^"']*)["']/.exec(line);
      if (found && found[1] !== "python")
        demands.push({ name: plain(found[1] ?? ""), range: found[2] ?? "", line: index + 1, dialect: "python" });
    } else if (list === "dependencies" || /optional-dependencies|dependency-groups/.test(section)) {
      for (const [, , quoted] of line.matchAll(/(["'])([^"']+)\1/g))
        demands.push(...pythonDemand(quoted ?? "", index + 1));
    }
    if (line.includes("]") && !/^\s*[\w-]+\s*=\s*\[[^\]]*$/.test(line)) list = "";
  });
  return demands;
}

function pythonDemand(text: string, line: number): readonly PackageDemand[] {
  const found = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?((?:[<>=!~][^;#]*)?)(;.*)?$/.exec(text);
  // What is asked for only in some environments may differ from environment to environment.
  if (!found || found[3] !== undefined) return [];
  return [{ name: plain(found[1] ?? ""), range: (found[2] ?? "").trim(), line, dialect: "python" }];
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
