import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

/** The types of the API by name, as in its description. */
export type Schema = components["schemas"];

export type Problem = Schema["Problem"];

/** A problem that the API answered with, or a server that could not be reached. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ApiError";
    this.problem = problem;
  }
}

/** The server writes its texts in the language of the page, whatever the browser's is. */
export const inLanguage = () => ({ "Accept-Language": document.documentElement.lang || "en" });

export const client = createClient<paths>({
  baseUrl: window.location.origin,
  querySerializer: { array: { style: "form", explode: false } }, // with commas, as the API reads lists
  // Not as middleware, which is waited for: a question is on its way before the page is drawn anew.
  fetch: (request) => {
    for (const [name, value] of Object.entries(inLanguage())) request.headers.set(name, value);
    return fetch(request);
  },
});

/** What went wrong before there was an answer. */
function unreachable(detail: string): Problem {
  return { type: "about:blank", title: "", status: 0, code: "unavailable", detail };
}

const unknownCaller = new Set<() => void>();

/** onUnknownCaller tells when the server does not know who asks: nobody has signed in, or the session has ended. */
export function onUnknownCaller(tell: () => void) {
  unknownCaller.add(tell);
}

/** A wrong password has the same status, and is no end of a session. What was sent without fetch has no address. */
function notSignedIn(response: Response) {
  if (response.url.endsWith("/api/v1/session")) return;
  for (const tell of unknownCaller) tell();
}

/** problemOf reads a failed answer, whoever sent it. */
export async function problemOf(response: Response): Promise<Problem> {
  if (response.status === 401) notSignedIn(response);
  const kind = response.headers.get("Content-Type") ?? "";
  if (kind.includes("json")) {
    const body = (await response.json().catch(() => null)) as Partial<Problem> | null;
    if (body && typeof body.detail === "string") return body as Problem;
  }
  return { ...unreachable(`HTTP ${response.status}`), status: response.status, code: "internal" };
}

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/**
 * call gives the answer's data, or throws an ApiError. It wraps the typed
 * client: `call(client.GET("/api/v1/segments"))`.
 */
export async function call<A extends Answer>(request: Promise<A>): Promise<Exclude<A["data"], undefined>> {
  let answer: A;
  try {
    answer = await request;
  } catch (err) {
    if (err instanceof DOMException && err.name === "AbortError") throw err;
    throw new ApiError(unreachable(err instanceof Error ? err.message : String(err)));
  }
  if (answer.response.status === 401) notSignedIn(answer.response);
  if (!answer.response.ok) {
    const e = answer.error as Partial<Problem> | undefined;
    throw new ApiError(
      e && typeof e === "object" && typeof e.detail === "string"
        ? (e as Problem)
        : { ...unreachable(`HTTP ${answer.response.status}`), status: answer.response.status, code: "internal" },
    );
  }
  return answer.data as Exclude<A["data"], undefined>;
}

/** errorProblem is the problem of anything that was thrown. */
export function errorProblem(err: unknown): Problem {
  if (err instanceof ApiError) return err.problem;
  return { ...unreachable(err instanceof Error ? err.message : String(err)), code: "internal" };
}
