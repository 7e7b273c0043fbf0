import type { Family } from "./lookup.ts";

/** How much is proved: a break, something to verify, or something to know. */
export type Tier = "conflict" | "risk" | "info";

/** The rules by which meaning is judged. */
export type MeaningRule =
  | "name-gone"
  | "file-gone"
  | "arity-changed"
  | "added-twice"
  | "member-required"
  | "package-dropped"
  | "version-ranges"
  | "migration-number"
  | "key-clash"
  | "route-clash"
  | "member-of-value"
  | "same-function";

/** What a rule says, and the strongest verdict it can reach in each language. */
export interface RuleRow {
  readonly says: string;
  /** Families without an entry are not judged by the rule. `files` stands for rules about other files than code. */
  readonly tiers: Readonly<Partial<Record<Family | "files", Tier>>>;
}

const everywhere: RuleRow["tiers"] = {
  script: "conflict",
  python: "conflict",
  rust: "conflict",
  go: "conflict",
  java: "conflict",
  csharp: "conflict",
  php: "conflict",
  ruby: "conflict",
  cpp: "conflict",
};

/** Which rule can decide what, and where. */
export const ruleTable: Readonly<Record<MeaningRule, RuleRow>> = {
  "name-gone": { says: "One removes, renames or moves a declaration that the other begins to use", tiers: everywhere },
  "file-gone": {
    says: "One deletes or moves a file that the other begins to import",
    tiers: {
      script: "conflict",
      python: "conflict",
      rust: "conflict",
      go: "conflict",
      ruby: "conflict",
      cpp: "conflict",
    },
  },
  "arity-changed": {
    says: "One changes how many arguments a callable takes; the other adds a call that only the old one takes",
    tiers: everywhere,
  },
  "added-twice": { says: "Both add a declaration of one name to one scope", tiers: everywhere },
  "member-required": {
    says: "One adds a member that implementers have to give; the other adds an implementer without it",
    tiers: {
      script: "conflict",
      python: "conflict",
      java: "conflict",
      csharp: "conflict",
      php: "conflict",
      rust: "conflict",
      cpp: "conflict",
    },
  },
  "package-dropped": {
    says: "One drops a package from the manifest; the other begins to import it",
    tiers: { script: "conflict", go: "conflict" },
  },
  "version-ranges": {
    says: "The two ask for versions of one package that no release can satisfy at once",
    tiers: { files: "conflict" },
  },
  "migration-number": { says: "Both add a migration with the same place in the order", tiers: { files: "conflict" } },
  "key-clash": {
    says: "Both add one key of a configuration or environment file, with different values",
    tiers: { files: "conflict" },
  },
  "route-clash": {
    says: "Both add a handler of one route in one file",
    tiers: { script: "conflict", python: "conflict" },
  },
  "member-of-value": {
    says: "One removes or changes a member; the other adds a use of that name on a value of unknown type",
    tiers: Object.fromEntries(Object.keys(everywhere).map((family) => [family, "risk"])),
  },
  "same-function": {
    says: "Both change one function in different lines",
    tiers: Object.fromEntries(Object.keys(everywhere).map((family) => [family, "risk"])),
  },
};
