import type { FileView } from "../../ports/processes.ts";

/** Absolute paths of what puts a view together. */
export interface ViewTools {
  readonly mount: string;
  readonly mkdir: string;
  readonly setpriv: string;
}

/** What the machine has mounted, and who is to live in the view. */
export interface ViewPlace {
  /** The text of `mountinfo`. */
  readonly mounts: string;
  /** Root keeps its rights when a program begins, unless they are taken from it. */
  readonly isRoot: boolean;
}

interface Mount {
  readonly point: string;
  /** What only whoever mounted it may take back, and has to be said again. */
  readonly flags: readonly string[];
}

/**
 * Puts the view together in a mount namespace of its own and then becomes the program, without the rights that this
 * took. Writable folders come first: what is bound later carries them along as they are.
 */
const SCRIPT = `
mount=$1 mkdir=$2 setpriv=$3 own=$4 hidden=$5 stage=$6 cwd=$7 bounds=$8; shift 8
fail() { echo "the agent's folder could not be set apart from the others" >&2; exit 126; }
n=$1; shift
while [ "$n" -gt 0 ]; do
  if [ -d "$1" ]; then "$mount" -n --rbind "$1" "$1" || fail; fi
  shift; n=$((n-1))
done
"$mount" -n -t tmpfs -o mode=0755 none "$stage" || fail
place="$stage\${own#"$hidden"}"
"$mkdir" -p "$place" && "$mount" -n --bind "$own" "$place" || fail
n=$1; shift
while [ "$n" -gt 0 ]; do
  if [ -d "$2" ]; then "$mount" -n --rbind "$2" "$2" && "$mount" -n -o "$1" "$2" || fail; fi
  shift 2; n=$((n-1))
done
n=$1; shift
while [ "$n" -gt 0 ]; do
  if [ -e "$2" ]; then "$mount" -n -o "$1" "$2" || fail; fi
  shift 2; n=$((n-1))
done
"$mount" -n --rbind "$stage" "$hidden" && "$mount" -n -o remount,bind,ro "$hidden" || fail
# By its path anew: the way up from the old one would lead past the view.
cd "$cwd" || fail
exec "$setpriv" $bounds --inh-caps=-all --ambient-caps=-all -- "$@"
`;

/** Words before a program's argv, where the program begins in a mount namespace that it may still change. */
export function viewByMounting(
  tools: ViewTools,
  { mounts: text, isRoot }: ViewPlace,
  { view, cwd }: { readonly view: FileView; readonly cwd: string },
): readonly string[] {
  const { own, hidden, stage, readOnly, writable } = view;
  const mounts = readMounts(text);
  const toldHow = (paths: readonly string[]): readonly string[] => [
    String(paths.length),
    ...paths.flatMap((path) => [["remount", "bind", "ro", ...flagsAt(mounts, path)].join(","), path]),
  ];
  // With the right to mount it could take the view apart; namespaces without one of users are lost to it with that.
  const bounds = isRoot ? "--bounding-set=-sys_admin" : "";
  const given = [tools.mount, tools.mkdir, tools.setpriv, own, hidden, stage, cwd, bounds];
  const lists = [String(writable.length), ...writable, ...toldHow(readOnly), ...toldHow(mountsWithin(mounts, view))];
  return ["/bin/sh", "-c", SCRIPT, "sh", ...given, ...lists];
}

/** The same as options of bubblewrap. */
export function viewByBubblewrap(view: FileView, cwd: string, isRoot: boolean): readonly string[] {
  const { own, hidden, readOnly, writable } = view;
  return [
    ...readOnly.flatMap((folder) => ["--ro-bind-try", folder, folder]),
    ...writable.flatMap((folder) => ["--bind-try", folder, folder]),
    ...["--tmpfs", hidden, "--bind", own, own, "--remount-ro", hidden],
    ...(isRoot ? ["--cap-drop", "CAP_SYS_ADMIN"] : []),
    ...["--chdir", cwd],
  ];
}

/** Mounts below the folders that can only be read: what makes a folder read-only does not reach them. */
function mountsWithin(mounts: readonly Mount[], { hidden, readOnly, writable }: FileView): readonly string[] {
  const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
  const stays = ({ point }: Mount): boolean =>
    [hidden, ...writable].some((folder) => point === folder || isBelow(point, folder));
  const within = mounts.filter((each) => readOnly.some((folder) => isBelow(each.point, folder)) && !stays(each));
  return [...new Set(within.map(({ point }) => point))];
}

/** Flags of the mount that a path lies on. */
function flagsAt(mounts: readonly Mount[], path: string): readonly string[] {
  const around = mounts.filter(({ point }) => point === "/" || path === point || path.startsWith(`${point}/`));
  const depth = Math.max(...around.map(({ point }) => point.length));
  // Of several in one place the last one lies on top.
  return around.findLast(({ point }) => point.length === depth)?.flags ?? [];
}

const lockedFlags = new Set(["nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime"]);

function readMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const [, , , , point, options = ""] = line.split(" ");
    if (point === undefined) return [];
    const flags = options.split(",").filter((option) => lockedFlags.has(option));
    return [{ point: unescaped(point), flags }];
  });
}

/** Blanks, line ends, backslashes and number signs stand in octal there. Bytes above ASCII stand as they are. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** A program that ends with 0 only where the view holds: what is hidden and what is read-only takes no file. */
export function viewCheck({ own, hidden, stage, readOnly }: FileView): readonly string[] {
  const script = `
[ -w "$1" ] && [ ! -w "$2" ] && [ ! -e "$3" ] || exit 1
shift 3
for folder; do [ ! -d "$folder" ] || [ ! -w "$folder" ] || exit 1; done
exit 0`;
  return ["/bin/sh", "-c", script, "sh", own, hidden, stage, ...readOnly];
}
