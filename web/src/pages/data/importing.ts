import { useSyncExternalStore } from "react";
import {
  ApiError,
  call,
  client,
  errorProblem,
  inLanguage,
  type Problem,
  problemOf,
  type Schema,
} from "../../api/client";
import { onSignedInAgain } from "../../api/session";
import { sentence } from "../../parts/states";
import { guessOf } from "./guess";

export type Request = Schema["ImportRequest"];

/** How far an import is. It lives outside the page, so that leaving the page loses nothing. */
export interface Importing {
  step: "choose" | "uploading" | "plan" | "importing" | "done";
  files: File[];
  /** From 0 to 1, while uploading. */
  sent: number;
  request: Request;
  plan?: Schema["Plan"];
  /** The columns as they are in the file. */
  columns: Schema["PlanColumn"][];
  planning: boolean;
  progress?: Schema["Progress"];
  result?: Schema["Imported"];
  problem?: Problem;
}

const nothing: Importing = {
  step: "choose",
  files: [],
  sent: 0,
  request: { as: "customers" },
  columns: [],
  planning: false,
};

let now = nothing;
let abort: AbortController | undefined;
const listeners = new Set<() => void>();

function change(part: Partial<Importing>) {
  now = { ...now, ...part };
  for (const l of listeners) l();
}

export function useImporting(): Importing {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => now,
  );
}

// Closing the window would end an upload or an import; kreds then keeps nothing of it.
window.addEventListener("beforeunload", (e) => {
  if (now.step === "uploading" || now.step === "importing") e.preventDefault();
});

/** startOver forgets everything, and stops what goes on. */
export function startOver() {
  abort?.abort();
  for (const id of now.request.uploads ?? []) {
    if (now.step === "plan") void client.DELETE("/api/v1/uploads/{id}", { params: { path: { id } } });
  }
  change(nothing);
}

/** choose uploads files and looks into them. */
export async function choose(files: File[]) {
  if (files.length === 0) return;
  change({ ...nothing, files, step: "uploading" });
  try {
    const uploads = await uploadAll(files);
    change({ request: { ...nothing.request, uploads } });
    await reread({});
  } catch (err) {
    fail(err, "choose");
  }
}

/** resume goes on where something failed, with what was chosen and decided. */
export function resume() {
  if (now.step === "plan") return plan(now.request);
  return now.request.uploads ? again() : choose(now.files);
}

onSignedInAgain(() => {
  if (now.problem?.code === "unauthenticated") void resume();
});

function fail(err: unknown, step: Importing["step"]) {
  if (err instanceof DOMException && err.name === "AbortError") return;
  change({ step, problem: errorProblem(err), planning: false });
}

/** faultAt is what is wrong with a part of the request, as id or types.age; "" if nothing is. */
export function faultAt(now: Importing, field: string): string {
  return plainly(now.problem?.errors?.find((e) => e.location === `body.${field}`)?.message ?? "");
}

/** plainly is a text of the server without what it says of the command line's options. */
export function plainly(text: string): string {
  return sentence(text.split(/,? (?:for|til) --|;? --|; /)[0] ?? "");
}

/** placed tells whether what is wrong is wrong in some part of the form. */
export function placed(now: Importing): boolean {
  return now.step === "plan" && Boolean(now.problem?.errors?.some((e) => e.location?.startsWith("body.")));
}

async function uploadAll(files: File[]): Promise<string[]> {
  const all = files.reduce((n, f) => n + f.size, 0);
  change({ sent: 0 });
  const ids: string[] = [];
  let before = 0;
  abort = new AbortController();
  for (const f of files) {
    const u = await upload(f, abort.signal, (bytes) => change({ sent: all > 0 ? (before + bytes) / all : 1 }));
    before += f.size;
    ids.push(u.id);
  }
  return ids;
}

/** upload sends one file; fetch does not tell how far it is. */
function upload(file: File, signal: AbortSignal, progress: (bytes: number) => void): Promise<Schema["Upload"]> {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest();
    x.open("POST", `/api/v1/uploads?name=${encodeURIComponent(file.name)}`);
    x.setRequestHeader("Content-Type", "application/octet-stream");
    for (const [name, value] of Object.entries(inLanguage())) x.setRequestHeader(name, value);
    x.upload.onprogress = (e) => progress(e.loaded);
    x.onload = () => {
      const kind = x.getResponseHeader("Content-Type") ?? "";
      if (x.status === 201) resolve(JSON.parse(x.responseText));
      else
        void problemOf(new Response(x.responseText, { status: x.status, headers: { "Content-Type": kind } })).then(
          (p) => reject(new ApiError(p)),
        );
    };
    x.onerror = () =>
      reject(new ApiError({ type: "about:blank", title: "", status: 0, code: "unavailable", detail: file.name }));
    signal.addEventListener("abort", () => {
      x.abort();
      reject(new DOMException("", "AbortError"));
    });
    x.send(file);
  });
}

function inspect(request: Request, signal?: AbortSignal) {
  return call(client.POST("/api/v1/imports/inspect", { body: request, signal }));
}

/** written is how the files are written, as far as the request says. */
export function written(r: Request): Partial<Request> {
  return {
    encoding: r.encoding,
    delimiter: r.delimiter,
    decimal: r.decimal,
    date_order: r.date_order,
    header: r.header,
  };
}

/**
 * reread looks into the files anew where they are written in another way: their columns are others then. Whatever is
 * stored, the form is there to say how they are read.
 */
export async function reread(part: Partial<Request>) {
  planned?.abort();
  planned = new AbortController();
  const mine = planned;
  const { uploads } = now.request;
  const how = { ...written(now.request), ...part };
  change({ planning: true });
  try {
    const raw = await inspect({ uploads, ...how }, mine.signal);
    if (mine !== planned) return;
    const request: Request = { uploads, ...how, ...guessOf(raw.columns, now.files[0]?.name ?? "") };
    change({ step: "plan", columns: raw.columns, plan: undefined });
    await plan(request);
  } catch (err) {
    if (mine !== planned) return;
    const form = now.step === "plan";
    change({ request: form ? { ...now.request, ...part } : nothing.request });
    fail(err, form ? "plan" : "choose");
  }
}

let planned: AbortController | undefined;

/** plan asks how the request would read the files. */
export async function plan(request: Request) {
  planned?.abort();
  planned = new AbortController();
  const mine = planned;
  change({ request, planning: true });
  try {
    const p = await inspect(request, mine.signal);
    if (mine === planned) change({ plan: p, planning: false, problem: undefined });
  } catch (err) {
    if (mine === planned) fail(err, "plan");
  }
}

/** run imports, and resolves with whether anything came in. */
export async function run(): Promise<boolean> {
  change({ step: "importing", progress: undefined, problem: undefined });
  abort = new AbortController();
  try {
    const response = await fetch("/api/v1/imports", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...inLanguage() },
      body: JSON.stringify(now.request),
      signal: abort.signal,
    });
    if (!response.ok || !response.body) throw new ApiError(await problemOf(response));
    for await (const line of lines(response.body)) {
      if (line.problem) throw new ApiError(line.problem);
      if (line.progress) change({ progress: line.progress });
      if (line.result) {
        change({ step: "done", result: line.result });
        return true;
      }
    }
    throw new ApiError({ type: "about:blank", title: "", status: 0, code: "unavailable", detail: "…" });
  } catch (err) {
    await again(err);
    return false;
  }
}

/** cancel stops an import; nothing of it comes in. */
export function cancel() {
  abort?.abort();
}

/** again goes back to the plan. The server has removed the uploads, so they are sent anew. */
async function again(err?: unknown) {
  const cancelled = err instanceof DOMException && err.name === "AbortError";
  change({ step: "uploading" });
  try {
    const request = { ...now.request, uploads: await uploadAll(now.files) };
    change({ step: "plan", request, problem: cancelled || !err ? undefined : errorProblem(err), planning: false });
  } catch (e) {
    fail(cancelled || !err ? e : err, "choose");
  }
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<Schema["ImportLine"]> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    rest += value;
    const parts = rest.split("\n");
    rest = parts.pop() ?? "";
    for (const p of parts) if (p.trim()) yield JSON.parse(p);
  }
  if (rest.trim()) yield JSON.parse(rest);
}
