import type { Family } from "./lookup.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

const script = words(`
  AbortController AbortSignal AggregateError Array ArrayBuffer Atomics Awaited BigInt BigInt64Array BigUint64Array Blob
  Boolean BroadcastChannel Buffer ByteLengthQueuingStrategy Capitalize ClipboardItem CloseEvent CompressionStream Console
  ConstructorParameters CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DOMParser DOMRect DataView Date
  DecompressionStream Document DocumentFragment Element Error EvalError Event EventEmitter EventSource EventTarget Exclude
  Extract File FileList FileReader FinalizationRegistry Float16Array Float32Array Float64Array FormData Function Generator
  HTMLElement Headers History Image InstanceType Int16Array Int32Array Int8Array IntersectionObserver Intl Iterable
  IterableIterator Iterator JSON JSX KeyboardEvent Location Lowercase Map Math MessageChannel MessageEvent MessagePort
  MouseEvent MutationObserver Navigator Node NodeJS NodeList NoInfer NonNullable Notification Number Object Omit OmitThisParameter
  Option Parameters Partial Performance PerformanceObserver Pick PointerEvent Promise PromiseLike PropertyKey Proxy
  RangeError React ReadableStream Readonly ReadonlyArray ReadonlyMap ReadonlySet Record ReferenceError Reflect RegExp Request
  Required ResizeObserver Response ReturnType SQLiteError Set SharedArrayBuffer SharedWorker String Symbol SyntaxError
  Storage Temporal Text TextDecoder TextEncoder ThisParameterType ThisType TransformStream TypeError URIError URL URLPattern
  URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray Uncapitalize Uppercase WeakMap WeakRef WeakSet
  WebAssembly WebSocket Window Worker WritableStream XMLHttpRequest XMLSerializer __dirname __filename addEventListener
  afterAll afterEach alert any arguments as assert assertType async atob await beforeAll beforeEach bench bigint boolean btoa
  caches cancelAnimationFrame chai clearImmediate clearInterval clearTimeout close confirm console createImageBitmap crypto
  cy decodeURI decodeURIComponent define describe dispatchEvent document encodeURI encodeURIComponent escape eval event
  expect expectTypeOf exports fetch fit focus getComputedStyle getSelection global globalThis history import indexedDB
  isFinite isNaN it jest keyof length localStorage location matchMedia module name navigator never null number object onTestFinished
  open origin parent parseFloat parseInt performance postMessage print process prompt queueMicrotask removeEventListener
  reportError require requestAnimationFrame requestIdleCallback screen scroll scrollTo self sessionStorage setImmediate
  setInterval setTimeout status stop string structuredClone suite symbol test this top undefined unescape unknown vi void window
  xdescribe xit
`);

const python = words(`
  ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError
  BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
  DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup False FileExistsError
  FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError
  IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError
  None NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
  ProcessLookupError PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
  StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError
  UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning
  ValueError Warning WindowsError ZeroDivisionError _ __annotations__ __build_class__ __builtins__ __debug__ __doc__
  __file__ __import__ __loader__ __name__ __package__ __path__ __spec__ abs aiter all anext any ascii bin bool breakpoint
  bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir display divmod enumerate eval
  exec exit filter float format frozenset get_ipython getattr globals hasattr hash help hex id input int isinstance issubclass
  iter len license list locals map max memoryview min next object oct open ord pow print property quit range repr reveal_type
  reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip
`);

const go = words(`
  any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false float32 float64 imag
  int int16 int32 int64 int8 iota len make max min new nil panic print println real recover rune string true uint uint16
  uint32 uint64 uint8 uintptr
`);

const rust = words(`
  Arc AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err
  ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator Future Hash Into IntoFuture IntoIterator Iterator None Ok Option
  Ord PartialEq PartialOrd Rc Result Self Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin Vec alloc
  align_of align_of_val assert assert_eq assert_ne bool cfg char column compile_error concat core crate dbg debug_assert
  debug_assert_eq debug_assert_ne drop env eprint eprintln f32 f64 file format format_args i128 i16 i32 i64 i8 include
  include_bytes include_str isize line macro_rules matches module_path option_env panic print println proc_macro self size_of
  size_of_val std str stringify super test thread_local todo u128 u16 u32 u64 u8 unimplemented unreachable usize vec write
  writeln
`);

const java = words(`
  AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException AssertionError
  AutoCloseable Boolean BootstrapMethodError Byte CharSequence Character Class ClassCastException ClassCircularityError
  ClassFormatError ClassLoader ClassNotFoundException ClassValue CloneNotSupportedException Cloneable Comparable Compiler
  Deprecated Double Enum EnumConstantNotPresentException Error Exception ExceptionInInitializerError Float FunctionalInterface
  IO IllegalAccessError IllegalAccessException IllegalArgumentException IllegalCallerException IllegalMonitorStateException
  IllegalStateException IllegalThreadStateException IncompatibleClassChangeError IndexOutOfBoundsException
  InheritableThreadLocal InstantiationError InstantiationException Integer InternalError InterruptedException Iterable
  LayerInstantiationException LinkageError Long MatchException Math Module ModuleLayer NegativeArraySizeException
  NoClassDefFoundError NoSuchFieldError NoSuchFieldException NoSuchMethodError NoSuchMethodException NullPointerException Number
  NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder ProcessHandle Readable Record
  ReflectiveOperationException Runnable Runtime RuntimeException RuntimePermission SafeVarargs ScopedValue SecurityException
  SecurityManager Short StableValue StackOverflowError StackTraceElement StackWalker StrictMath String StringBuffer StringBuilder
  StringIndexOutOfBoundsException StringTemplate SuppressWarnings System Thread ThreadDeath ThreadGroup ThreadLocal Throwable
  TypeNotPresentException UnknownError UnsatisfiedLinkError UnsupportedClassVersionError UnsupportedOperationException
  VerifyError VirtualMachineError Void WrongThreadException boolean byte char double float int long short var void
`);

/** Names that are there without being declared or imported, in languages of which they can be listed. */
export const ownNames: Readonly<Partial<Record<Family, ReadonlySet<string>>>> = { script, python, go, rust, java };
