/** What a path leads to, links not followed. */
export interface FileStatus {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly sizeBytes: number;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly modifiedMs: number;
}

/** An append-only file that is open. Appends keep their order. */
export interface AppendFile {
  /** Writes at the end and returns when the bytes are on disk if `durable`; they must not change until then. */
  append(bytes: Uint8Array, durable: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * How the engines see the file system. Paths are absolute. A missing path is `undefined` or an
 * empty list; any other failure throws.
 */
export interface Files {
  status(path: string): Promise<FileStatus | undefined>;
  /** The path with every link in it resolved, or undefined when it does not exist. */
  realPath(path: string): Promise<string | undefined>;
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Target of a symbolic link. */
  readLink(path: string): Promise<string>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<readonly string[]>;
  /** Creates the folder and its parents, private to the user. */
  makeFolder(path: string): Promise<void>;
  /** Replaces the file in one step: temporary file beside it, fsync, rename, fsync of the folder. */
  writeAtomic(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Creates or replaces a symbolic link in one step. */
  writeLink(path: string, target: string): Promise<void>;
  /** Creates the file only if nothing is there, and says whether it did. */
  createExclusive(path: string, content: string): Promise<boolean>;
  /** Copies bytes, mode and modification time (rounded down to the second fraction the platform keeps). */
  copyFile(from: string, to: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** Removes one file or link; nothing happens when it is not there. */
  removeFile(path: string): Promise<void>;
  /** Removes a folder if it is empty, and says whether it did. */
  removeEmptyFolder(path: string): Promise<boolean>;
  /** Removes a folder with all it holds. Only for folders that this program made. */
  removeTree(path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  openAppend(path: string): Promise<AppendFile>;
  /** Bytes free for this user on the file system of the path. */
  freeBytes(path: string): Promise<number>;
  /** Whether this user may read or write what is there; false when nothing is. */
  allows(path: string, use: "read" | "write"): Promise<boolean>;
}
