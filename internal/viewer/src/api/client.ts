// Asks the server, with the key when there is one. Errors become a Problem, which
// has a sentence for people.

import type { Problem as Details } from './types.ts';
import { judged, keyHeader } from './key.ts';

export class Problem extends Error {
  constructor(readonly status: number, title: string, readonly detail: string) {
    super(title);
  }
}

export interface Answer<T> {
  readonly body: T;
  readonly version: number | null;
}

export async function getJSON<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
  const sent = keyHeader(path);
  let response: Response;
  try {
    // Titles come in the language that is asked for, beside title_en. The map changes its
    // language without asking again, so that it wants both, whatever the browser speaks.
    response = await fetch(path, { headers: { Accept: 'application/json, application/geo+json', 'Accept-Language': 'vi', ...sent }, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, 'unreachable', '');
  }
  judged(sent, response.status);
  if (sent['Authorization'] !== keyHeader(path)['Authorization']) return getJSON(path, signal); // another key may see otherwise
  if (!response.ok) throw await problemOf(response);
  const version = Number(response.headers.get('Twin-Version'));
  return { body: (await response.json()) as T, version: Number.isFinite(version) && version > 0 ? version : null };
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const p = (await response.json()) as Partial<Details>; // a proxy may answer otherwise
    return new Problem(response.status, p.title ?? String(response.status), p.detail ?? '');
  } catch {
    return new Problem(response.status, String(response.status), '');
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Runs one request at a time; a newer one cancels the older. */
export function latest(): (run: (signal: AbortSignal) => Promise<void>) => void {
  let current: AbortController | null = null;
  return (run) => {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    void run(mine.signal).catch((error: unknown) => {
      if (!isAbort(error)) throw error;
    });
  };
}
