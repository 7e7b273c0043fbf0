import type { FileView } from "../../ports/processes.ts";

/** Absolute paths of what puts a view together. */
export interface ViewTools {
  readonly mount: string;
  readonly mkdir: string;
  readonly setpriv: string;
}

/**
 * Puts the view together in a mount namespace of its own and then becomes the program, without the rights that this
 * took. Writable folders come first: what is bound later carries them along as they are.
 */
const SCRIPT = `
mount=$1 mkdir=$2 setpriv=$3 own=$4 hidden=$5 stage=$6 cwd=$7; shift 7
fail() { echo "the agent's folder could not be set apart from the others" >&2; exit 126; }
n=$1; shift
while [ "$n" -gt 0 ]; do
  if [ -d "$1" ]; then "$mount" -n --bind "$1" "$1" || fail; fi
  shift; n=$((n-1))
done
"$mount" -n -t tmpfs -o mode=0755 none "$stage" || fail
place="$stage\${own#"$hidden"}"
"$mkdir" -p "$place" && "$mount" -n --bind "$own" "$place" || fail
n=$1; shift
while [ "$n" -gt 0 ]; do
  if [ -d "$1" ]; then "$mount" -n --rbind "$1" "$1" && "$mount" -n -o remount,bind,ro "$1" || fail; fi
  shift; n=$((n-1))
done
"$mount" -n --rbind "$stage" "$hidden" && "$mount" -n -o remount,bind,ro "$hidden" || fail
# By its path anew: the way up from the old one would lead past the view.
cd "$cwd" || fail
exec "$setpriv" --inh-caps=-all --ambient-caps=-all -- "$@"
`;

/** Words before a program's argv, where the program begins in a mount namespace that it may still change. */
export function viewByMounting(tools: ViewTools, view: FileView, cwd: string): readonly string[] {
  const { own, hidden, stage, readOnly, writable } = view;
  const lists = [String(writable.length), ...writable, String(readOnly.length), ...readOnly];
  const given = [tools.mount, tools.mkdir, tools.setpriv, own, hidden, stage, cwd, ...lists];
  return ["/bin/sh", "-c", SCRIPT, "sh", ...given];
}

/** The same as options of bubblewrap. */
export function viewByBubblewrap(view: FileView, cwd: string): readonly string[] {
  const { own, hidden, readOnly, writable } = view;
  return [
    ...readOnly.flatMap((folder) => ["--ro-bind-try", folder, folder]),
    ...writable.flatMap((folder) => ["--bind-try", folder, folder]),
    ...["--tmpfs", hidden, "--bind", own, own, "--remount-ro", hidden],
    ...["--chdir", cwd],
  ];
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
